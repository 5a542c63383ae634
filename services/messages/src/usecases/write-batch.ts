import type { Submission, SubmissionOf } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type Authorized, type Outcome, type Outcomes, refused } from '../domain/outcome.ts';
import type { Standing } from '../domain/standing.ts';
import { advancePositions, type Receipt } from './advance-positions.ts';
import { type Appendable, appendEntries } from './append-entries.ts';
import { changeMessage } from './change-message.ts';
import type { Context } from './context.ts';
import { eraseAuthor } from './erase-author.ts';
import { expireMessages } from './expire-messages.ts';
import { reactToMessage } from './react-to-message.ts';
import { recordMembership } from './record-membership.ts';
import { findStandings } from './room-access.ts';

/** Handles an operation in one of four ways. */
type Handler<S extends Submission> =
  /** All new rows of a batch in one statement, which also checks that their authors may write. */
  | { rows(context: Context, all: readonly S[]): Promise<Outcomes> }
  /** One change by a member, whose standing has been looked up. */
  | { change(context: Context, one: Authorized<S>): Promise<Outcome> }
  /** One fact from the directory or from this service, which needs no authorization. */
  | { fact(context: Context, one: S): Promise<Outcome> }
  /** All receipts of a batch in one statement. */
  | { receipts(context: Context, all: readonly Authorized<S>[]): Promise<Outcomes> };

/** The handler of each operation. */
const handlers: { [Op in Submission['op']]: Handler<SubmissionOf<Op>> } = {
  send: { rows: appendEntries },
  join: { rows: appendEntries },
  leave: { rows: appendEntries },
  edit: { change: changeMessage },
  delete: { change: changeMessage },
  react: { change: reactToMessage },
  erase: { fact: eraseAuthor },
  expire: { fact: expireMessages },
  member: { fact: answerOnly },
  room: { fact: answerOnly },
  close: { fact: answerOnly },
  read: { receipts: advancePositions },
  deliver: { receipts: advancePositions },
};

/**
 * Writes a batch: everything that has queued up in this process's partitions. In this order:
 * 1. what the submissions say about rooms and members, which applies to the rest of the batch;
 * 2. all new rows (messages, joins, leaves) in one statement, in order of arrival;
 * 3. changes of messages and other facts, one by one;
 * 4. receipts, also those of replies: a reply reads up to the message that it answers.
 *
 * Duplicates are recognised, so a batch interrupted at any point can be written again. Returns one
 * outcome per submission, in order. Rejects only during an outage.
 */
export async function writeBatch(context: Context, submissions: readonly Submission[]): Promise<Outcome[]> {
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
  add(await appendEntries(context, submissions.filter(isRow)));
  for (const submission of submissions) {
    const handler: Handler<Submission> = handlers[submission.op];
    const standing = standings.get(submission);
    if ('fact' in handler) outcomes.set(submission, await handler.fact(context, submission));
    else if ('change' in handler && standing)
      outcomes.set(submission, await handler.change(context, { submission, standing }));
  }
  const receipts = submissions.filter(isReceipt).flatMap((submission) => {
    const standing = standings.get(submission);
    return standing ? [{ submission, standing }] : [];
  });
  const implied = new Map<Submission, Submission>();
  for (const submission of submissions.filter(isReply)) {
    const standing = standings.get(submission);
    if (!standing || outcomes.get(submission)?.answer instanceof AppError) continue;
    const { id, roomId, by, replyTo } = submission;
    const receipt: Receipt = { ref: 0, id, roomId, by, op: 'read', messageId: replyTo };
    implied.set(receipt, submission);
    receipts.push({ submission: receipt, standing });
  }
  for (const [receipt, outcome] of await advancePositions(context, receipts)) {
    const reply = implied.get(receipt);
    if (reply) outcomes.get(reply)?.changes.push(...outcome.changes);
    else outcomes.set(receipt, outcome);
  }
  return submissions.map((submission) => outcomes.get(submission) ?? refused('server_error'));
}

const isRow = (submission: Submission): submission is Appendable => 'rows' in handlers[submission.op];
const isReceipt = (submission: Submission): submission is Receipt => 'receipts' in handlers[submission.op];
const isReply = (submission: Submission): submission is SubmissionOf<'send'> =>
  submission.op === 'send' && submission.replyTo !== null;
const isByMember = (submission: Submission): boolean =>
  'change' in handlers[submission.op] || isReceipt(submission);

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

/** `recordMembership` has written it. */
async function answerOnly(_: Context, { op }: SubmissionOf<'member' | 'room' | 'close'>): Promise<Outcome> {
  return { answer: { op }, changes: [] };
}
