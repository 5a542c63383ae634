import type { SubmissionOf } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import type { Rate } from '@parley/runtime';
import { type Outcome, type Outcomes, refused } from '../domain/outcome.ts';
import { refuseWriting } from '../domain/standing.ts';
import { membershipKey, toCreation, toMessage } from '../domain/timeline-row.ts';
import { type Appended, appendRows, type NewEntry } from '../stores/append.ts';
import { startUnread } from '../stores/unread.ts';
import type { Context } from './context.ts';
import { findStandings } from './room-access.ts';
import { overRate, rateOf } from './within-rate.ts';

/** Operations that create a row. */
export type Appendable = SubmissionOf<'send' | 'join' | 'leave'>;

interface Candidate {
  submission: Appendable;
  entry: NewEntry;
  /** The sender's limit; `off` also for joins and leaves. */
  rate: Rate | 'off';
  /** Time until the next send is allowed; 0 if this one is. */
  retryAfterMs: number;
}

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
    else candidates.set(key, limit(context, submission, entry));
  }
  const outcomes = await append(context, [...candidates.values()]);
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
  const appended = await write(
    context,
    candidates.map(({ entry }) => entry),
  );
  const unknown: Candidate[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const result = appended[index];
    if (!result || result.outcome === 'not_admitted') {
      unknown.push(candidate);
      continue;
    }
    if (result.outcome !== 'stored') giveBack(context, candidate);
    outcomes.set(candidate.submission, toOutcome(candidate, result));
  }
  return unknown;
}

function write({ db, clock, tracing, mark }: Context, entries: readonly NewEntry[]): Promise<Appended[]> {
  const appending = () => appendRows(db, entries, new Date(clock()), mark);
  if (!tracing || entries.length === 0) return appending();
  return tracing.span(
    'append',
    { kind: 'client', attributes: { 'db.system.name': 'postgresql', 'parley.rows': entries.length } },
    appending,
  );
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

function limit(context: Context, submission: Appendable, entry: NewEntry): Candidate {
  const { written, clock } = context;
  const rate = submission.op === 'send' ? rateOf(context, submission) : 'off';
  if (rate === 'off') return { submission, entry, rate, retryAfterMs: 0 };
  const retryAfterMs = written.take(entry.roomId + entry.senderId, rate, clock());
  entry.allowed = retryAfterMs === 0;
  return { submission, entry, rate, retryAfterMs };
}

function giveBack({ written }: Context, { entry, rate }: Candidate): void {
  if (rate !== 'off' && entry.allowed) written.giveBack(entry.roomId + entry.senderId);
}

function toEntry(submission: Appendable): NewEntry {
  const entry: NewEntry = {
    roomId: submission.roomId,
    id: submission.id,
    kind: 'message',
    senderId: submission.by.userId,
    senderName: submission.by.username,
    clientKey: null,
    content: '',
    replyTo: null,
    isEncrypted: false,
    reason: null,
    allowed: true,
  };
  if (submission.op === 'send') {
    const { content, clientId, replyTo, isEncrypted } = submission;
    return { ...entry, clientKey: clientId, content, replyTo, isEncrypted };
  }
  if (submission.op === 'join')
    return { ...entry, kind: 'joined', clientKey: membershipKey(submission.membership.version) };
  return { ...entry, kind: 'left', clientKey: membershipKey(submission.version), reason: submission.reason };
}

/** A join of an existing room. Members of a new room start at its beginning. */
function toJoin(submission: Appendable, now: number): { roomId: string; userId: string; at: Date }[] {
  if (submission.op !== 'join' || submission.joinedAt === null) return [];
  const { roomId, by, joinedAt = now } = submission;
  return [{ roomId, userId: by.userId, at: new Date(joinedAt) }];
}

function toOutcome(
  { submission, rate, retryAfterMs }: Candidate,
  result: Exclude<Appended, { outcome: 'not_admitted' }>,
): Outcome {
  switch (result.outcome) {
    case 'conflict':
      return refused('conflict');
    case 'no_such_reply':
      return refused(
        new AppError('message_not_found', {
          fields: [{ field: 'replyTo', message: 'is not a message of this room' }],
        }),
      );
    case 'over_rate':
      return refused(overRate(rate, retryAfterMs));
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

function toDuplicate(entry: NewEntry, first: NewEntry, outcome: Outcome): Outcome {
  const same =
    entry.content === first.content &&
    entry.replyTo === first.replyTo &&
    entry.isEncrypted === first.isEncrypted;
  if (!same) return refused('conflict');
  const { answer } = outcome;
  if (answer instanceof AppError || answer.op !== 'send') return { answer, changes: [] };
  return { answer: { ...answer, repeated: true }, changes: [] };
}
