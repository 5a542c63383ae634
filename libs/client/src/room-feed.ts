/** Something in a room's timeline, identified by its number. */
export interface Numbered {
  readonly seq: number;
}

/** Maximum number of early events. A sync fetches the rest again. */
const maxEarly = 1_000;

/**
 * Orders the events of one room: emits each number at most once and in order, even if events are
 * lost, repeated or swapped. It does no I/O. When `gap` is true, the caller must sync from `cursor`
 * and pass the result to `cover`.
 */
export class RoomFeed<E extends Numbered> {
  #cursor: number | undefined;
  #head = 0;
  readonly #early = new Map<number, E>();
  /** A sync has delivered all read positions up to here. */
  readCursor = 0;

  /** @param since everything up to here is known; without it, the room starts with `begin` */
  constructor(since?: number) {
    this.#cursor = since;
    this.#head = since ?? 0;
  }

  /** Everything up to here was emitted. */
  get cursor(): number | undefined {
    return this.#cursor;
  }

  /**
   * Whether the room is known to be further ahead than what was emitted, so that only a sync can
   * fill the range between.
   */
  get gap(): boolean {
    return this.#cursor !== undefined && this.#head > this.#cursor;
  }

  /**
   * Live events are received from this number on. Without an earlier cursor, the room starts here.
   */
  begin(seq: number): E[] {
    this.#head = Math.max(this.#head, seq);
    this.#cursor ??= seq;
    return this.#drain();
  }

  /** Discards everything before and starts again here. */
  restart(seq: number): void {
    this.#cursor = seq;
    this.#head = seq;
    this.#early.clear();
  }

  /** Accepts a live event. Returns the events that are now in order. */
  accept(event: E): E[] {
    if (this.#cursor !== undefined && event.seq <= this.#cursor) return [];
    this.#head = Math.max(this.#head, event.seq);
    if (event.seq === (this.#cursor ?? Number.NaN) + 1 || this.#early.size < maxEarly)
      this.#early.set(event.seq, event);
    return this.#drain();
  }

  /**
   * Accepts the result of a sync: all `events` up to a number, in order. Returns the new ones and
   * those that are now in order after them.
   */
  cover(upTo: number, events: readonly E[]): E[] {
    const cursor = this.#cursor ?? 0;
    this.#cursor = Math.max(cursor, upTo);
    this.#head = Math.max(this.#head, upTo);
    return [...events.filter((event) => event.seq > cursor && event.seq <= upTo), ...this.#drain()];
  }

  #drain(): E[] {
    if (this.#cursor === undefined) return [];
    for (const seq of this.#early.keys()) if (seq <= this.#cursor) this.#early.delete(seq);
    const inTurn: E[] = [];
    for (let event = this.#early.get(this.#cursor + 1); event; event = this.#early.get(this.#cursor + 1)) {
      this.#early.delete(event.seq);
      this.#cursor = event.seq;
      inTurn.push(event);
    }
    return inTurn;
  }
}
