import type { Heard } from './dialects.ts';

export type Slip = 'duplicated' | 'out of order';

/** A message as a listener knows it. */
export interface Known {
  seq: number;
  content: string;
}

/** A message, or anything else that has a number, as `sync` tells it. */
export interface SyncedRow {
  seq: number;
  changedSeq: number;
  message: { id: string; content: string } | undefined;
}

/**
 * One listener's record of one room, kept as a client that is written after the documents keeps it: what is heard live is in order from the number that
 * joining answered; after every reconnect what was missed is asked for, and what is heard meanwhile waits for that.
 */
export class RoomLog {
  readonly roomId: string;
  readonly messages = new Map<string, Known>();
  readonly slips: { slip: Slip; what: string }[] = [];
  /** Where this record begins; everything after it must be here. */
  from: number | undefined;
  /** Up to where everything is here. */
  #cursor = 0;
  /** The last number heard on this connection; undefined while joining is not answered. */
  #live: number | undefined;
  /** Heard before the answer, which may say that they came too early to count. */
  #early: Heard[] = [];
  readonly #heardLive = new Set<number>();
  #waiting: Heard[] | undefined;

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** From when on does a sync have to be asked for; undefined: nothing is missing. */
  get missingAfter(): number | undefined {
    return this.#waiting && this.#cursor;
  }

  /** A new connection, which has not joined yet. */
  connected(): void {
    this.#live = undefined;
    this.#early = [];
    this.#heardLive.clear();
  }

  /** The connection hears the room: everything after `seq` comes. */
  joined(seq: number): void {
    this.#live = seq;
    if (this.from === undefined) {
      this.from = seq;
      this.#cursor = seq;
    } else if (seq > this.#cursor) {
      this.#waiting = [];
    }
    for (const event of this.#early.splice(0)) if (event.seq > seq) this.heard(event);
  }

  heard(event: Heard): void {
    if (this.#live === undefined) return void this.#early.push(event);
    if (event.seq <= this.#live) {
      const slip: Slip = this.#heardLive.has(event.seq) ? 'duplicated' : 'out of order';
      this.slips.push({ slip, what: `number ${event.seq} after ${this.#live}` });
      return;
    }
    this.#live = event.seq;
    this.#heardLive.add(event.seq);
    if (this.#waiting) this.#waiting.push(event);
    else this.#take(event);
  }

  /** @param upTo the rows tell everything up to there @param isLast nothing is missing any more */
  synced(rows: readonly SyncedRow[], upTo: number, isLast: boolean): void {
    for (const { seq, message } of rows)
      if (message) this.messages.set(message.id, { seq, content: message.content });
    this.#cursor = Math.max(this.#cursor, upTo);
    if (!isLast || !this.#waiting) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const event of waiting) this.#take(event);
  }

  #take(event: Heard): void {
    // Told by the sync already, perhaps as it is by now.
    if (event.seq <= this.#cursor) return;
    this.#cursor = event.seq;
    this.#keep(event);
  }

  #keep({ seq, message }: Heard): void {
    if (!message) return;
    const known = this.messages.get(message.id);
    if (message.what === 'created') this.messages.set(message.id, known ?? { seq, content: message.content });
    else if (known) this.messages.set(message.id, { seq: known.seq, content: message.content });
  }
}
