import { AppError, type ErrorCode } from '@parley/errors';
import { additionalFields } from '../domain/additional-fields.ts';
import { isConditional, refuseChanged } from '../domain/conditions.ts';
import { type Outcome, type Outcomes, refused } from '../domain/outcome.ts';
import { refuseWriting } from '../domain/standing.ts';
import { membershipKey, toCreation, toMessage } from '../domain/timeline-row.ts';
import { appendRows } from '../stores/append.ts';
import { lockRooms } from '../stores/message-changes.ts';
import type { Appended, NewEntry } from '../stores/new-entry.ts';
import { findMessage } from '../stores/timeline.ts';
import { startUnread } from '../stores/unread.ts';
import { addMentions } from './add-mentions.ts';
import { type Appendable, type Candidate, giveBack, limit } from './candidate.ts';
import type { Context } from './context.ts';
import { findStandings } from './room-access.ts';

/**
 * Appends the messages, joins and leaves of a batch in one statement, which also checks that the
 * senders may write. Where the read model refuses a sender, it asks the directory and appends the
 * entries that the directory admits in a second statement.
 */
export async function appendEntries(context: Context, submissions: readonly Appendable[]): Promise<Outcomes> {
  const candidates = new Map<string, Candidate>();
  /** Repeated keys within the batch get the answer of their first occurrence. */
  const duplicates: { submission: Appendable; entry: NewEntry; first: Candidate }[] = [];
  for (const submission of submissions) {
    const entry = toEntry(submission);
    const key = `${entry.roomId} ${entry.senderId} ${entry.clientKey ?? entry.id}`;
    const first = candidates.get(key);
    if (first) duplicates.push({ submission, entry, first });
    else candidates.set(key, limit(context, { submission, entry, key }));
  }
  const all = [...candidates.values()];
  await addMentions(context, all);
  const outcomes = await append(context, all);
  await startUnread(
    context.db,
    submissions.flatMap((submission) => toJoin(submission, context.clock())),
  );
  for (const { submission, entry, first } of duplicates) {
    const outcome = outcomes.get(first.submission);
    if (outcome) outcomes.set(submission, toDuplicate(entry, first.entry, outcome));
  }
  return outcomes;
}

async function append(context: Context, candidates: readonly Candidate[]): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  const unknown = await appendKnown(context, candidates, outcomes);
  const admitted = await admit(context, unknown, outcomes);
  for (const candidate of await appendKnown(context, admitted, outcomes))
    refuse(context, candidate, 'room_not_found', outcomes);
  return outcomes;
}

/** Returns the candidates that the read model refuses. */
async function appendKnown(
  context: Context,
  candidates: readonly Candidate[],
  outcomes: Outcomes,
): Promise<Candidate[]> {
  const appended = await (candidates.some(isConditionalSend)
    ? writeInTurn(context, candidates)
    : write(context, candidates));
  const unknown: Candidate[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const result = appended[index];
    if (!result || result.outcome === 'not_admitted') {
      unknown.push(candidate);
      continue;
    }
    if (result.outcome === 'stored') context.stored.set(candidate.key, true);
    else giveBack(context, candidate);
    outcomes.set(candidate.submission, toOutcome(candidate, result));
  }
  return unknown;
}

function write(context: Context, candidates: readonly Candidate[]): Promise<Appended[]> {
  const { db, clock, tracing, mark, stored } = context;
  const entries = candidates.map(({ entry }) => entry);
  const expectNew = !candidates.some(({ key }) => stored.has(key));
  const appending = () => appendRows(db, entries, new Date(clock()), { mark, expectNew });
  if (!tracing || entries.length === 0) return appending();
  return tracing.span(
    'append',
    { kind: 'client', attributes: { 'db.system.name': 'postgresql', 'parley.rows': entries.length } },
    appending,
  );
}

const isConditionalSend = ({ submission }: Candidate): boolean =>
  submission.op === 'send' && isConditional(submission);

/** Messages with conditions are decided one by one, between those that arrived before and after. */
async function writeInTurn(context: Context, candidates: readonly Candidate[]): Promise<Appended[]> {
  const appended: Appended[] = [];
  const waiting: Candidate[] = [];
  const writeWaiting = async () => appended.push(...(await write(context, waiting.splice(0))));
  for (const candidate of candidates) {
    if (!isConditionalSend(candidate)) waiting.push(candidate);
    else {
      await writeWaiting();
      appended.push(await writeIf(context, candidate));
    }
  }
  await writeWaiting();
  return appended;
}

/**
 * Locks the room and appends a message if its conditions hold. If they do not, only a message that
 * is already stored is returned.
 */
function writeIf({ db, clock, mark }: Context, { submission, entry }: Candidate): Promise<Appended> {
  return db.transaction(async (trx): Promise<Appended> => {
    const { roomId, replyTo } = entry;
    const seq = (await lockRooms(trx, [roomId])).get(roomId) ?? 0;
    const row = replyTo ? await findMessage(trx, roomId, replyTo) : undefined;
    const conditions = submission.op === 'send' ? submission : {};
    const error = refuseChanged(conditions, { seq, row });
    const asked = error ? { ...entry, allowed: false } : entry;
    const options = { mark, expectNew: false };
    const [result] = await appendRows(trx, [asked], new Date(clock()), options);
    if (error && entry.allowed && result?.outcome === 'over_rate') return { outcome: 'state_changed', error };
    return result ?? { outcome: 'not_admitted' };
  });
}

/** Returns the candidates that the directory admits, and refuses the others. */
async function admit(
  context: Context,
  unknown: readonly Candidate[],
  outcomes: Outcomes,
): Promise<Candidate[]> {
  const standings = await findStandings(
    context,
    unknown.map(({ entry }) => ({ roomId: entry.roomId, userId: entry.senderId })),
  );
  return unknown.filter((candidate, index) => {
    const standing = standings[index] ?? null;
    const refusal = standing instanceof Error ? AppError.from(standing) : refuseWriting(standing);
    if (refusal) refuse(context, candidate, refusal, outcomes);
    return !refusal;
  });
}

function refuse(
  context: Context,
  candidate: Candidate,
  error: AppError | ErrorCode,
  outcomes: Outcomes,
): void {
  giveBack(context, candidate);
  outcomes.set(candidate.submission, refused(error));
}

function toEntry(submission: Appendable): NewEntry {
  const entry: NewEntry = {
    roomId: submission.roomId,
    id: submission.id,
    kind: 'message',
    senderId: submission.by.userId,
    senderName: submission.by.username,
    ...(submission.by.isBot && { isBot: true as const }),
    clientKey: null,
    content: '',
    replyTo: null,
    isEncrypted: false,
    reason: null,
    mentions: null,
    allowed: true,
    additional: null,
  };
  if (submission.op === 'send') {
    const { content, clientId, threadRoot, alsoInRoom, isEncrypted } = submission;
    const replyTo = submission.replyTo ?? threadRoot ?? null;
    const additional = additionalFields(submission);
    const message = { ...entry, clientKey: clientId, content, replyTo, isEncrypted, additional };
    if (threadRoot === undefined) return message;
    return { ...message, threadRoot, ...(alsoInRoom && { alsoInRoom }) };
  }
  if (submission.op === 'join') {
    const reason = submission.joinedAt === null ? 'created' : null;
    return { ...entry, kind: 'joined', clientKey: membershipKey(submission.membership.version), reason };
  }
  return { ...entry, kind: 'left', clientKey: membershipKey(submission.version), reason: submission.reason };
}

/** A join of an existing room. Members of a new room start at its beginning. */
function toJoin(submission: Appendable, now: number): { roomId: string; userId: string; at: Date }[] {
  if (submission.op !== 'join' || submission.joinedAt === null) return [];
  const { roomId, by, joinedAt = now } = submission;
  return [{ roomId, userId: by.userId, at: new Date(joinedAt) }];
}

function toOutcome(
  { submission, refusal }: Candidate,
  result: Exclude<Appended, { outcome: 'not_admitted' }>,
): Outcome {
  switch (result.outcome) {
    case 'conflict':
      return refused('conflict');
    case 'no_such_reply':
      return refused(notOfThisRoom('replyTo'));
    case 'no_such_thread':
      return refused(notOfThisRoom('threadRoot'));
    case 'over_rate':
      return refused(refusal ?? 'rate_limit');
    case 'state_changed':
      return refused(result.error);
    default: {
      // Stored under this submission's id: new, or redelivered after a crash that may have
      // prevented publishing.
      const own = result.outcome === 'stored' || result.row.id === submission.id || submission.op !== 'send';
      const changes = own ? [toCreation(result.row, result.people)] : [];
      if (submission.op !== 'send') return { answer: { op: submission.op }, changes };
      return {
        answer: { op: 'send', message: toMessage(result.row), repeated: result.outcome === 'repeated' },
        changes,
      };
    }
  }
}

const notOfThisRoom = (field: string) =>
  new AppError('message_not_found', {
    fields: [{ field, message: 'is not a message of this room', reason: 'not_found' }],
  });

function toDuplicate(entry: NewEntry, first: NewEntry, outcome: Outcome): Outcome {
  const same =
    entry.content === first.content &&
    entry.replyTo === first.replyTo &&
    entry.threadRoot === first.threadRoot &&
    entry.alsoInRoom === first.alsoInRoom &&
    entry.additional === first.additional &&
    entry.isEncrypted === first.isEncrypted;
  if (!same) return refused('conflict');
  const { answer } = outcome;
  if (answer instanceof AppError || answer.op !== 'send') return { answer, changes: [] };
  return { answer: { ...answer, repeated: true }, changes: [] };
}
