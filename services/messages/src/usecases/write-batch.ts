import type { Change, Submission, SubmissionResult } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Standing } from '../domain/standing.ts';
import type { AdvancePositions } from './advance-positions.ts';
import type { AppendEntries } from './append-entries.ts';
import type { ChangeMessage } from './change-message.ts';
import type { EraseAuthor } from './erase-author.ts';
import type { ExpireMessages } from './expire-messages.ts';
import type { ReactToMessage } from './react-to-message.ts';
import type { RecordMembership } from './record-membership.ts';
import type { RoomGuard } from './room-guard.ts';

/** What became of a submission: an answer for its origin, and what the members are told (nothing, when it changed nothing). */
export interface Outcome {
  answer: SubmissionResult | AppError;
  changes: Change[];
}
export const refused = (error: AppError): Outcome => ({ answer: error, changes: [] });

/** A submission by somebody whose standing in the room is known. */
export interface Authorized<S extends Submission = Submission> {
  submission: S;
  standing: Standing;
}

const membershipOps = new Set<Submission['op']>(['join', 'leave', 'member', 'room', 'close']);
/** Those that need nobody's leave: the directory's, and ours. */
const isFact = (submission: Submission) =>
  isMembershipOp(submission) || submission.op === 'erase' || submission.op === 'expire';
const isMembershipOp = (submission: Submission) => membershipOps.has(submission.op);
const isAppended = (submission: Submission) =>
  submission.op === 'send' || submission.op === 'join' || submission.op === 'leave';

/**
 * The room's one writer at work on a batch: whatever has queued up for one partition. In this order: facts about rooms and members, so
 * that they count for what follows; one statement for all that adds a row (messages, joins, leaves), in order of arrival; changes of
 * messages, one by one; receipts.
 *
 * Everything is recognised when it comes again, so a batch that was interrupted anywhere may simply be written once more.
 */
export class WriteBatch {
  readonly #guard: RoomGuard;
  readonly #membership: RecordMembership;
  readonly #append: AppendEntries;
  readonly #change: ChangeMessage;
  readonly #react: ReactToMessage;
  readonly #advance: AdvancePositions;
  readonly #erase: EraseAuthor;
  readonly #expire: ExpireMessages;

  constructor(deps: {
    guard: RoomGuard;
    membership: RecordMembership;
    append: AppendEntries;
    change: ChangeMessage;
    react: ReactToMessage;
    advance: AdvancePositions;
    erase: EraseAuthor;
    expire: ExpireMessages;
  }) {
    this.#guard = deps.guard;
    this.#membership = deps.membership;
    this.#append = deps.append;
    this.#change = deps.change;
    this.#react = deps.react;
    this.#advance = deps.advance;
    this.#erase = deps.erase;
    this.#expire = deps.expire;
  }

  /** One outcome per submission, in their order. Rejects only when nothing can be decided now (an outage). */
  async write(submissions: readonly Submission[]): Promise<Outcome[]> {
    const outcomes = new Map<Submission, Outcome>();
    await this.#membership.save(submissions.filter(isMembershipOp));
    const standings = await this.#authorize(submissions, outcomes);
    const pending = submissions.filter((submission) => !outcomes.has(submission));

    for (const [submission, outcome] of await this.#append.run(pending.filter(isAppended)))
      outcomes.set(submission, outcome);

    for (const submission of pending) {
      const standing = standings.get(submission);
      if (submission.op === 'edit' || submission.op === 'delete') {
        if (standing) outcomes.set(submission, await this.#change.run({ submission, standing }));
      } else if (submission.op === 'react') {
        if (standing) outcomes.set(submission, await this.#react.run({ submission, standing }));
      } else if (submission.op === 'erase') {
        outcomes.set(submission, await this.#erase.run(submission));
      } else if (submission.op === 'expire') {
        outcomes.set(submission, await this.#expire.run(submission));
      } else if (submission.op === 'member' || submission.op === 'room' || submission.op === 'close') {
        outcomes.set(submission, { answer: { op: submission.op }, changes: [] });
      }
    }
    const receipts = pending.flatMap((submission) => {
      const standing = standings.get(submission);
      return standing && (submission.op === 'read' || submission.op === 'deliver')
        ? [{ submission, standing }]
        : [];
    });
    for (const [submission, outcome] of await this.#advance.run(receipts)) outcomes.set(submission, outcome);
    return submissions.map((submission) => outcomes.get(submission) ?? refused(new AppError('server_error')));
  }

  /** Standings of those who change or read something; who may not even see the room is refused here. */
  async #authorize(
    submissions: readonly Submission[],
    outcomes: Map<Submission, Outcome>,
  ): Promise<Map<Submission, Standing>> {
    const standings = new Map<Submission, Standing>();
    const asking = submissions.filter((submission) => !isFact(submission) && submission.op !== 'send');
    const found = await this.#guard.standings(
      asking.map((submission) => ({ roomId: submission.roomId, userId: submission.by.userId })),
    );
    for (const [index, submission] of asking.entries()) {
      const standing = found[index] ?? null;
      if (standing instanceof Error) outcomes.set(submission, refused(AppError.from(standing)));
      else if (!standing) outcomes.set(submission, refused(new AppError('room_not_found')));
      else standings.set(submission, standing);
    }
    return standings;
  }
}
