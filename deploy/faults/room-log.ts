import type { TimelineEvent } from './dialects.ts';

export type Slip = 'duplicated' | 'out of order';

/** A message as a listener knows it. */
export interface Known {
  seq: number;
  content: string;
}

/** A message or another numbered row, as `sync` returns it. */
export interface SyncedRow {
  seq: number;
  changedSeq: number;
  message: { id: string; content: string } | undefined;
}

/**
 * One listener's record of one room, kept as the documentation tells clients to. Live events are in
 * order from the number in the join's answer. After each reconnect the client syncs what it missed,
 * and holds back live events until the sync is complete.
 */
export class RoomLog {
  readonly roomId: string;
  readonly messages = new Map<string, Known>();
  readonly slips: { slip: Slip; what: string }[] = [];
  /** Start of this record; everything after it must be present. */
  from: number | undefined;
  /** Everything up to here is present. */
  #cursor = 0;
  /** The last number received on this connection; undefined until the join is answered. */
  #live: number | undefined;
  /** Received before the join's answer, which decides whether they count. */
  #early: TimelineEvent[] = [];
  readonly #receivedLive = new Set<number>();
  #waiting: TimelineEvent[] | undefined;

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Where the next sync must start; undefined when nothing is missing. */
  get missingAfter(): number | undefined {
    return this.#waiting && this.#cursor;
  }

  /** Starts a new connection that has not joined yet. */
  connected(): void {
    this.#live = undefined;
    this.#early = [];
    this.#receivedLive.clear();
  }

  /** The connection is subscribed: it receives everything after `seq`. */
  joined(seq: number): void {
    this.#live = seq;
    if (this.from === undefined) {
      this.from = seq;
      // A webhook may have delivered more already.
      this.#cursor = Math.max(this.#cursor, seq);
    } else if (seq > this.#cursor) {
      this.#waiting = [];
    }
    for (const event of this.#early.splice(0)) if (event.seq > seq) this.receive(event);
  }

  receive(event: TimelineEvent): void {
    if (this.#live === undefined) return void this.#early.push(event);
    if (event.seq <= this.#live) {
      const slip: Slip = this.#receivedLive.has(event.seq) ? 'duplicated' : 'out of order';
      this.slips.push({ slip, what: `number ${event.seq} after ${this.#live}` });
      return;
    }
    this.#live = event.seq;
    this.#receivedLive.add(event.seq);
    if (this.#waiting) this.#waiting.push(event);
    else this.#take(event);
  }

  /**
   * @param upTo the rows are complete up to this number @param isLast nothing is missing any more
   */
  synced(rows: readonly SyncedRow[], upTo: number, isLast: boolean): void {
    for (const { seq, message } of rows)
      if (message) this.messages.set(message.id, { seq, content: message.content });
    this.#cursor = Math.max(this.#cursor, upTo);
    if (!isLast || !this.#waiting) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const event of waiting) this.#take(event);
  }

  #take(event: TimelineEvent): void {
    // The sync has returned it already, perhaps in a later state.
    if (event.seq <= this.#cursor) return;
    this.#cursor = event.seq;
    this.#keep(event);
  }

  #keep({ seq, message }: TimelineEvent): void {
    if (!message) return;
    const known = this.messages.get(message.id);
    if (message.what === 'created') this.messages.set(message.id, known ?? { seq, content: message.content });
    else if (known) this.messages.set(message.id, { seq: known.seq, content: message.content });
  }
}
