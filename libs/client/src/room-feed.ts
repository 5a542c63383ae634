/** Something in a room's timeline, told by its number. */
export interface Numbered {
  readonly seq: number;
}

/** Of what comes too early, this much is kept; the rest is fetched again by a sync. */
const maxEarly = 1_000;

/**
 * Puts what is heard of one room in order: each number is told at most once and in turn, whatever is lost, repeated or swapped on the way.
 * It does no I/O: when `hole` says so, somebody has to sync from `cursor`, and hand the outcome to `cover`.
 */
export class RoomFeed<E extends Numbered> {
  #cursor: number | undefined;
  #head = 0;
  readonly #early = new Map<number, E>();
  /** Every position that was stamped up to here has been told by a sync. */
  readCursor = 0;

  /** @param since everything up to here is known already; without it, the room begins with `begin` */
  constructor(since?: number) {
    this.#cursor = since;
    this.#head = since ?? 0;
  }

  /** Everything up to here has been told. */
  get cursor(): number | undefined {
    return this.#cursor;
  }

  /** The room is known to have come further than has been told, and only a sync can bring what is between. */
  get gap(): boolean {
    return this.#cursor !== undefined && this.#head > this.#cursor;
  }

  /** From this number on the room is heard. Without an earlier number to go on from, it begins here. */
  begin(seq: number): E[] {
    this.#head = Math.max(this.#head, seq);
    this.#cursor ??= seq;
    return this.#drain();
  }

  /** Everything before is void, however far it had come: it begins anew, here. */
  restart(seq: number): void {
    this.#cursor = seq;
    this.#head = seq;
    this.#early.clear();
  }

  /** Heard live. Answers what is in turn now. */
  accept(event: E): E[] {
    if (this.#cursor !== undefined && event.seq <= this.#cursor) return [];
    this.#head = Math.max(this.#head, event.seq);
    if (event.seq === (this.#cursor ?? Number.NaN) + 1 || this.#early.size < maxEarly)
      this.#early.set(event.seq, event);
    return this.#drain();
  }

  /** A sync has told everything up to a number: `events`, in order. Answers those that are new, and what is in turn after them. */
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
