import type { Submission, SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import { type Clock, nameRate, type Rate } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import type { SendRate } from '../domain/send-rate.ts';
import { refuseWriting } from '../domain/standing.ts';
import { membershipKey, toCreation, toMessage } from '../domain/timeline-row.ts';
import type { MessageRates } from '../message-rates.ts';
import type { Appended, AppendStore, NewEntry } from '../stores/append-store.ts';
import type { RoomGuard } from './room-guard.ts';
import { type Outcome, refused } from './write-batch.ts';

type Appendable = SubmissionOf<'send' | 'join' | 'leave'>;

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
export class AppendEntries {
  readonly #db: Database;
  readonly #store: AppendStore;
  readonly #guard: RoomGuard;
  readonly #sendRate: SendRate;
  readonly #rates: MessageRates;
  readonly #clock: Clock;
  readonly #tracing: Tracing | undefined;

  constructor(deps: {
    db: Database;
    store: AppendStore;
    guard: RoomGuard;
    sendRate: SendRate;
    rates: MessageRates;
    clock: Clock;
    tracing?: Tracing | undefined;
  }) {
    this.#db = deps.db;
    this.#store = deps.store;
    this.#guard = deps.guard;
    this.#sendRate = deps.sendRate;
    this.#rates = deps.rates;
    this.#clock = deps.clock;
    this.#tracing = deps.tracing;
  }

  async run(submissions: readonly Appendable[]): Promise<Map<Submission, Outcome>> {
    const candidates = new Map<string, Candidate>();
    /** Repeated keys within the batch get the answer of their first occurrence. */
    const duplicates: { submission: Appendable; entry: NewEntry; first: Candidate }[] = [];
    for (const submission of submissions) {
      const entry = toEntry(submission);
      const key = `${entry.roomId} ${entry.senderId} ${entry.clientKey}`;
      const first = candidates.get(key);
      if (first) duplicates.push({ submission, entry, first });
      else candidates.set(key, this.#limit(submission, entry));
    }
    const outcomes = await this.#append([...candidates.values()]);
    for (const duplicate of duplicates) {
      const outcome = outcomes.get(duplicate.first.submission);
      if (outcome)
        outcomes.set(duplicate.submission, toDuplicate(duplicate.entry, duplicate.first.entry, outcome));
    }
    return outcomes;
  }

  async #append(candidates: readonly Candidate[]): Promise<Map<Submission, Outcome>> {
    const outcomes = new Map<Submission, Outcome>();
    const unknown = await this.#appendKnown(candidates, outcomes);
    const admitted = await this.#admit(unknown, outcomes);
    for (const candidate of await this.#appendKnown(admitted, outcomes))
      this.#refuse(candidate, new AppError('room_not_found'), outcomes);
    return outcomes;
  }

  /** Returns the candidates that the read model refuses. */
  async #appendKnown(
    candidates: readonly Candidate[],
    outcomes: Map<Submission, Outcome>,
  ): Promise<Candidate[]> {
    const entries = candidates.map((candidate) => candidate.entry);
    const appended = await this.#write(entries);
    const unknown: Candidate[] = [];
    for (const [index, candidate] of candidates.entries()) {
      const result = appended[index];
      if (!result || result.outcome === 'not_admitted') {
        unknown.push(candidate);
        continue;
      }
      if (result.outcome !== 'stored') this.#giveBack(candidate);
      outcomes.set(candidate.submission, toOutcome(candidate, result));
    }
    return unknown;
  }

  #write(entries: readonly NewEntry[]): Promise<Appended[]> {
    const append = () => this.#store.append(this.#db, entries, new Date(this.#clock()));
    if (!this.#tracing || entries.length === 0) return append();
    return this.#tracing.span(
      'append',
      { kind: 'client', attributes: { 'db.system.name': 'postgresql', 'parley.rows': entries.length } },
      append,
    );
  }

  /** Returns the candidates that the directory admits, and refuses the others. */
  async #admit(unknown: readonly Candidate[], outcomes: Map<Submission, Outcome>): Promise<Candidate[]> {
    const standings = await this.#guard.standings(
      unknown.map(({ entry }) => ({ roomId: entry.roomId, userId: entry.senderId })),
    );
    return unknown.filter((candidate, index) => {
      const standing = standings[index] ?? null;
      const refusal = standing instanceof Error ? AppError.from(standing) : refuseWriting(standing);
      if (refusal)
        this.#refuse(candidate, refusal instanceof AppError ? refusal : new AppError(refusal), outcomes);
      return !refusal;
    });
  }

  #refuse(candidate: Candidate, error: AppError, outcomes: Map<Submission, Outcome>): void {
    this.#giveBack(candidate);
    outcomes.set(candidate.submission, refused(error));
  }

  #limit(submission: Appendable, entry: NewEntry): Candidate {
    // Sessions of earlier releases lack a contract; they had the limit of `rooms`.
    const rate = submission.op === 'send' ? this.#rates[submission.contract ?? 'rooms'] : 'off';
    if (rate === 'off') return { submission, entry, rate, retryAfterMs: 0 };
    const retryAfterMs = this.#sendRate.take(entry.roomId, entry.senderId, rate, this.#clock());
    entry.allowed = retryAfterMs === 0;
    return { submission, entry, rate, retryAfterMs };
  }

  #giveBack({ entry, rate }: Candidate): void {
    if (rate !== 'off' && entry.allowed) this.#sendRate.giveBack(entry.roomId, entry.senderId);
  }
}

function toEntry(submission: Appendable): NewEntry {
  const entry: NewEntry = {
    roomId: submission.roomId,
    id: submission.id,
    kind: 'message',
    senderId: submission.by.userId,
    senderName: submission.by.username,
    clientKey: submission.id,
    content: '',
    replyTo: null,
    isEncrypted: false,
    reason: null,
    allowed: true,
  };
  if (submission.op === 'send') {
    const { content, clientId, replyTo, isEncrypted } = submission;
    return { ...entry, clientKey: clientId ?? submission.id, content, replyTo, isEncrypted };
  }
  if (submission.op === 'join')
    return { ...entry, kind: 'joined', clientKey: membershipKey(submission.membership.version) };
  return { ...entry, kind: 'left', clientKey: membershipKey(submission.version), reason: submission.reason };
}

function toOutcome(
  { submission, rate, retryAfterMs }: Candidate,
  result: Exclude<Appended, { outcome: 'not_admitted' }>,
): Outcome {
  switch (result.outcome) {
    case 'conflict':
      return refused(new AppError('conflict'));
    case 'no_such_reply':
      return refused(
        new AppError('message_not_found', {
          fields: [{ field: 'replyTo', message: 'is not a message of this room' }],
        }),
      );
    case 'over_rate':
      return refused(
        new AppError('rate_limit', { ...nameRate('MESSAGE_RATE', rate, ['user', 'room']), retryAfterMs }),
      );
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
  if (!same) return refused(new AppError('conflict'));
  const { answer } = outcome;
  if (answer instanceof AppError || answer.op !== 'send') return { answer, changes: [] };
  return { answer: { ...answer, repeated: true }, changes: [] };
}
