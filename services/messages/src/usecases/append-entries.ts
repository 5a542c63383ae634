import type { Submission, SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import type { SendRate } from '../domain/send-rate.ts';
import { refuseWriting, type Standing } from '../domain/standing.ts';
import { membershipKey, toCreation, toMessage } from '../domain/timeline-row.ts';
import type { RoomStore } from '../stores/room-store.ts';
import type { Appended, NewEntry, TimelineStore } from '../stores/timeline-store.ts';
import { type Outcome, refused } from './write-batch.ts';

type Appendable = SubmissionOf<'send' | 'join' | 'leave'>;

interface Candidate {
  submission: Appendable;
  entry: NewEntry;
  /** When the next send may come, where this one came too soon. */
  retryAfterMs: number;
}

/** Adds rows to timelines: messages, joins and leaves, all of a batch in one statement. */
export class AppendEntries {
  readonly #db: Database;
  readonly #timeline: TimelineStore;
  readonly #rooms: RoomStore;
  readonly #sendRate: SendRate;
  readonly #clock: Clock;
  readonly #tracing: Tracing | undefined;

  constructor(deps: {
    db: Database;
    timeline: TimelineStore;
    rooms: RoomStore;
    sendRate: SendRate;
    clock: Clock;
    tracing?: Tracing | undefined;
  }) {
    this.#db = deps.db;
    this.#timeline = deps.timeline;
    this.#rooms = deps.rooms;
    this.#sendRate = deps.sendRate;
    this.#clock = deps.clock;
    this.#tracing = deps.tracing;
  }

  async run(submissions: readonly Appendable[], standings: ReadonlyMap<Submission, Standing>): Promise<Map<Submission, Outcome>> {
    const outcomes = new Map<Submission, Outcome>();
    const candidates = new Map<string, Candidate>();
    /** The same key twice in one batch: the later ones get the first one's answer. */
    const echoes: { submission: Appendable; entry: NewEntry; first: Candidate }[] = [];
    for (const submission of submissions) {
      const refusal = submission.op === 'send' ? refuseWriting(standings.get(submission) ?? null) : undefined;
      if (refusal) {
        outcomes.set(submission, refused(new AppError(refusal)));
        continue;
      }
      const entry = toEntry(submission);
      const key = `${entry.roomId} ${entry.senderId} ${entry.clientKey}`;
      const first = candidates.get(key);
      if (first) echoes.push({ submission, entry, first });
      else candidates.set(key, { submission, entry, retryAfterMs: this.#limit(submission, entry) });
    }
    const list = [...candidates.values()];
    const entries = list.map((candidate) => candidate.entry);
    const now = new Date(this.#clock());
    const appended = this.#tracing
      ? await this.#tracing.span(
          'append',
          { kind: 'client', attributes: { 'db.system.name': 'postgresql', 'parley.rows': entries.length } },
          () => this.#timeline.append(this.#db, entries, now),
        )
      : await this.#timeline.append(this.#db, entries, now);
    const people = await this.#peopleOfDirectRooms(list, standings);
    for (const [index, candidate] of list.entries()) {
      const result = appended[index] ?? { outcome: 'not_allowed' };
      if (candidate.entry.allowed && result.outcome !== 'stored') this.#sendRate.giveBack(candidate.entry.roomId, candidate.entry.senderId);
      outcomes.set(candidate.submission, toOutcome(candidate, result, people.get(candidate.entry.roomId) ?? null));
    }
    for (const echo of echoes) {
      const outcome = outcomes.get(echo.first.submission);
      if (outcome) outcomes.set(echo.submission, toEcho(echo.entry, echo.first.entry, outcome));
    }
    return outcomes;
  }

  #limit(submission: Appendable, entry: NewEntry): number {
    if (submission.op !== 'send') return 0;
    const retryAfterMs = this.#sendRate.take(entry.roomId, entry.senderId, this.#clock());
    entry.allowed = retryAfterMs === 0;
    return retryAfterMs;
  }

  /** The two people of direct rooms: known from the senders' standings, asked for where only joins are in the batch. */
  async #peopleOfDirectRooms(
    candidates: readonly Candidate[],
    standings: ReadonlyMap<Submission, Standing>,
  ): Promise<Map<string, string[] | null>> {
    const people = new Map<string, string[] | null>();
    const joins: { roomId: string; userId: string }[] = [];
    for (const { submission } of candidates) {
      const standing = standings.get(submission);
      if (standing) people.set(submission.roomId, standing.people);
      else if (submission.op !== 'join' || submission.room.kind === 'direct') {
        joins.push({ roomId: submission.roomId, userId: submission.by.userId });
      }
    }
    if (joins.length > 0) {
      for (const standing of await this.#rooms.standings(this.#db, joins)) if (standing) people.set(standing.room.id, standing.people);
    }
    return people;
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
  if (submission.op === 'join') return { ...entry, kind: 'joined', clientKey: membershipKey(submission.membership.version) };
  return { ...entry, kind: 'left', clientKey: membershipKey(submission.version), reason: submission.reason };
}

function toOutcome({ submission, retryAfterMs }: Candidate, result: Appended, people: string[] | null): Outcome {
  switch (result.outcome) {
    case 'conflict':
      return refused(new AppError('conflict'));
    case 'no_such_reply':
      return refused(new AppError('message_not_found', { fields: [{ field: 'replyTo', message: 'is not a message of this room' }] }));
    case 'not_allowed':
      return refused(retryAfterMs > 0 ? new AppError('rate_limit', { retryAfterMs }) : new AppError('room_not_found'));
    default: {
      // Stored under this very submission's id: new, or redelivered after a crash that may have come before the members were told.
      const own = result.outcome === 'stored' || result.row.id === submission.id || submission.op !== 'send';
      const changes = own ? [toCreation(result.row, people)] : [];
      if (submission.op !== 'send') return { answer: { op: submission.op }, changes };
      return { answer: { op: 'send', message: toMessage(result.row), repeated: result.outcome === 'repeated' }, changes };
    }
  }
}

function toEcho(entry: NewEntry, first: NewEntry, outcome: Outcome): Outcome {
  const same = entry.content === first.content && entry.replyTo === first.replyTo && entry.isEncrypted === first.isEncrypted;
  if (!same) return refused(new AppError('conflict'));
  const { answer } = outcome;
  if (answer instanceof AppError || answer.op !== 'send') return { answer, changes: [] };
  return { answer: { ...answer, repeated: true }, changes: [] };
}
