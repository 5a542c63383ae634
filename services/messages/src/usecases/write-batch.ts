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

/** Result of a submission: the answer to its origin and the changes to publish. */
export interface Outcome {
  answer: SubmissionResult | AppError;
  changes: Change[];
}
export const refused = (error: AppError): Outcome => ({ answer: error, changes: [] });

/** A submission together with its author's standing in the room. */
export interface Authorized<S extends Submission = Submission> {
  submission: S;
  standing: Standing;
}

const membershipOps = new Set<Submission['op']>(['join', 'leave', 'member', 'room', 'close']);
/** Submissions of the directory and of this service, which need no authorization. */
const isFact = (submission: Submission) =>
  isMembershipOp(submission) || submission.op === 'erase' || submission.op === 'expire';
const isMembershipOp = (submission: Submission) => membershipOps.has(submission.op);
const isAppended = (submission: Submission) =>
  submission.op === 'send' || submission.op === 'join' || submission.op === 'leave';

/**
 * Writes a batch: everything that has queued up in one partition. In this order:
 * 1. facts about rooms and members, which apply to the rest of the batch;
 * 2. all new rows (messages, joins, leaves) in one statement, in order of arrival;
 * 3. changes of messages, one by one;
 * 4. receipts.
 *
 * Duplicates are recognised, so a batch interrupted at any point can be written again.
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

  /** Returns one outcome per submission, in order. Rejects only during an outage. */
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

  /** Looks up the authors' standings. Refuses submissions to rooms that do not exist. */
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
