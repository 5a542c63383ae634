import type { Submission, SubmissionOf } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type Authorized, type Outcome, type Outcomes, refused } from '../domain/outcome.ts';
import type { Standing } from '../domain/standing.ts';
import type { ThreadMove } from '../domain/thread-position.ts';
import { advancePositions, type Receipt } from './advance-positions.ts';
import { appendEntries } from './append-entries.ts';
import type { Appendable } from './candidate.ts';
import { changeMessages, type MessageChange } from './change-messages.ts';
import type { Context } from './context.ts';
import { eraseAuthor } from './erase-author.ts';
import { expireMessages } from './expire-messages.ts';
import { moveThreads } from './move-threads.ts';
import { recordMembership } from './record-membership.ts';
import { findStandings } from './room-access.ts';

/** Handles an operation in one of four ways. */
type Handler<S extends Submission> =
  /** All new rows of a batch in one statement, which also checks that their authors may write. */
  | { rows(context: Context, all: readonly S[]): Promise<Outcomes> }
  /** Consecutive changes by members, whose standings have been looked up. */
  | { changes(context: Context, all: readonly Authorized<S>[]): Promise<Outcomes> }
  /** One fact from this service, which needs no authorization. */
  | { fact(context: Context, one: S): Promise<Outcome> }
  /** A fact from the directory, which `recordMembership` writes. */
  | { recorded: true }
  /** All receipts of a batch in one statement. */
  | { receipts(context: Context, all: readonly Authorized<S>[]): Promise<Outcomes> }
  /** All moves in threads of a batch in one transaction. */
  | { threads(context: Context, all: readonly Authorized<S>[]): Promise<Outcomes> };

/** The handler of each operation. */
const handlers: { [Op in Submission['op']]: Handler<SubmissionOf<Op>> } = {
  send: { rows: appendEntries },
  join: { rows: appendEntries },
  leave: { rows: appendEntries },
  edit: { changes: changeMessages },
  delete: { changes: changeMessages },
  react: { changes: changeMessages },
  pin: { changes: changeMessages },
  erase: { fact: eraseAuthor },
  expire: { fact: expireMessages },
  member: { recorded: true },
  room: { recorded: true },
  close: { recorded: true },
  read: { receipts: advancePositions },
  deliver: { receipts: advancePositions },
  thread: { threads: moveThreads },
};

/**
 * Writes a batch: everything that has queued up in this process's partitions. In this order:
 * 1. what the submissions say about rooms and members, which applies to the rest of the batch;
 * 2. all new rows (messages, joins, leaves) in one statement, in order of arrival, and the receipts
 *    of replies: a reply reads up to the message that it answers;
 * 3. changes of messages together, up to each fact, and facts one by one;
 * 4. receipts, and then moves in threads.
 *
 * Duplicates are recognised, so a batch interrupted at any point can be written again. Returns one
 * outcome per submission, in order. Rejects only during an outage.
 * @param appended called with the outcomes of the new rows as soon as they are stored, unless
 *   nothing else follows
 */
export async function writeBatch(
  context: Context,
  submissions: readonly Submission[],
  appended?: (outcomes: Outcomes) => void,
): Promise<Outcome[]> {
  const outcomes: Outcomes = new Map();
  const add = (more: Outcomes) => {
    for (const [submission, outcome] of more) outcomes.set(submission, outcome);
  };

  await recordMembership(context, submissions);
  const standings = await authorize(
    context,
    submissions.filter((one) => isByMember(one) || isReply(one)),
    outcomes,
  );
  const rows = await appendEntries(context, submissions.filter(isRow));
  await readAnswered(context, submissions, standings, rows);
  add(rows);
  if (rows.size > 0 && rows.size < submissions.length) appended?.(rows);
  add(await writeChanges(context, submissions, standings));
  add(await advancePositions(context, authorized(submissions.filter(isReceipt), standings)));
  add(await moveThreads(context, authorized(submissions.filter(isThreadMove), standings)));
  return submissions.map((submission) => outcomes.get(submission) ?? refused('server_error'));
}

async function writeChanges(
  context: Context,
  submissions: readonly Submission[],
  standings: ReadonlyMap<Submission, Standing>,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  const changes: Authorized<MessageChange>[] = [];
  const writeCollected = async () => {
    for (const [one, outcome] of await changeMessages(context, changes.splice(0))) outcomes.set(one, outcome);
  };
  for (const submission of submissions) {
    const handler: Handler<Submission> = handlers[submission.op];
    const standing = standings.get(submission);
    if (isChange(submission) && standing) changes.push({ submission, standing });
    if ('recorded' in handler) outcomes.set(submission, toRecorded(submission));
    if (!('fact' in handler)) continue;
    await writeCollected();
    outcomes.set(submission, await handler.fact(context, submission));
  }
  await writeCollected();
  return outcomes;
}

const authorized = <S extends Submission>(
  submissions: readonly S[],
  standings: ReadonlyMap<Submission, Standing>,
): Authorized<S>[] =>
  submissions.flatMap((submission) => {
    const standing = standings.get(submission);
    return standing ? [{ submission, standing }] : [];
  });

/** Adds the receipts that replies imply to the outcomes of the replies. */
async function readAnswered(
  context: Context,
  submissions: readonly Submission[],
  standings: ReadonlyMap<Submission, Standing>,
  written: Outcomes,
): Promise<void> {
  const implied = new Map<Submission, Submission>();
  const receipts: Authorized<Receipt>[] = [];
  for (const submission of submissions.filter(isReply)) {
    const standing = standings.get(submission);
    if (!standing || written.get(submission)?.answer instanceof AppError) continue;
    const { id, roomId, by, replyTo } = submission;
    const receipt: Receipt = { ref: 0, id, roomId, by, op: 'read', messageId: replyTo };
    implied.set(receipt, submission);
    receipts.push({ submission: receipt, standing });
  }
  for (const [receipt, outcome] of await advancePositions(context, receipts)) {
    const reply = implied.get(receipt);
    if (reply) written.get(reply)?.changes.push(...outcome.changes);
  }
}

const isRow = (submission: Submission): submission is Appendable => 'rows' in handlers[submission.op];
const isReceipt = (submission: Submission): submission is Receipt => 'receipts' in handlers[submission.op];
/** A reply in a thread says nothing about the rest of the room. */
const isReply = (submission: Submission): submission is SubmissionOf<'send'> =>
  submission.op === 'send' && submission.replyTo !== null && submission.threadRoot === undefined;
const isChange = (submission: Submission): submission is MessageChange =>
  'changes' in handlers[submission.op];
const isThreadMove = (submission: Submission): submission is ThreadMove =>
  'threads' in handlers[submission.op];
const isByMember = (submission: Submission): boolean =>
  isChange(submission) || isReceipt(submission) || isThreadMove(submission);

/** Looks up the authors' standings. Refuses submissions to rooms that do not exist. */
async function authorize(
  context: Context,
  submissions: readonly Submission[],
  outcomes: Outcomes,
): Promise<Map<Submission, Standing>> {
  const standings = new Map<Submission, Standing>();
  const found = await findStandings(
    context,
    submissions.map(({ roomId, by }) => ({ roomId, userId: by.userId })),
  );
  for (const [index, submission] of submissions.entries()) {
    const standing = found[index] ?? null;
    if (standing instanceof Error) outcomes.set(submission, refused(AppError.from(standing)));
    else if (!standing) outcomes.set(submission, refused('room_not_found'));
    else standings.set(submission, standing);
  }
  return standings;
}

const toRecorded = ({ op }: Submission): Outcome => ({
  answer: { op } as Pick<SubmissionOf<'member' | 'room' | 'close'>, 'op'>,
  changes: [],
});
