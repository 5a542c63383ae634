/** An item of a timeline, identified by its number. */
export interface Numbered {
  readonly seq: number;
}

/** Asks for the items after a number. */
export interface Query {
  readonly after: number;
  /** Ask page by page until the timeline's end; otherwise only the known gap must be filled. */
  readonly toEnd: boolean;
}

export interface Answer<T> {
  /**
   * The items after the query's number, in order. Numbers may be missing whose items no longer
   * exist, and several items may have the same number.
   */
  items: readonly T[];
  /** The answer is complete up to this number. */
  upTo: number;
  /** The timeline had nothing later when the query was answered. */
  atEnd: boolean;
}

/**
 * Puts the items of one timeline in order: returns each number once and without gaps, however items
 * are lost, repeated or swapped. It does no I/O: the caller delivers what a method returns, runs
 * the query that `ask` returns, and reports the outcome to `answer`, `failed` or `giveUp`.
 *
 *                  begin                     a gap, or check
 *     +-----------+        +----------------+                +----------------+
 *     | UNSTARTED | -----> |    IN ORDER    | -------------> |     BEHIND     | <----+
 *     | holds     |        | delivers the   |                | holds what     |      |
 *     | what      |        | next item      | <------------- | arrives early  |      | failed, or
 *     | arrives   |        |                |  gap closed    |                |      | still behind
 *     +-----------+        +----------------+  by arrivals   +----------------+      |
 *                                  ^                                 | ask           |
 *                                  |  answer, giveUp         +----------------+      |
 *                                  +------------------------ |     ASKING     | -----+
 *                                                            +----------------+
 *
 * One query is outstanding at a time, and only its own outcome counts. At most `maxHeld` early
 * items are held. Later ones are forgotten, but not their numbers, so they are asked for.
 */
export class SequenceBuffer<T extends Numbered> {
  readonly #maxHeld: number;
  /** Items that arrived before their predecessor; all are beyond `#last + 1`. */
  readonly #held = new Map<number, T>();
  #last: number | undefined;
  /** The highest number known to exist. */
  #known = 0;
  #checking = false;
  #asked: Query | undefined;

  /** @param start everything up to here is known; without it, call `begin` */
  constructor(maxHeld: number, start?: number) {
    this.#maxHeld = maxHeld;
    this.#last = start;
  }

  /** Everything up to here was delivered. */
  get last(): number | undefined {
    return this.#last;
  }

  /** The number of items held. */
  get held(): number {
    return this.#held.size;
  }

  /** Whether later items are known to exist than were delivered. */
  get gap(): boolean {
    return this.#last !== undefined && this.#known > this.#last;
  }

  /** Whether there is something to ask for. */
  get behind(): boolean {
    return this.gap || (this.#checking && this.#last !== undefined);
  }

  /** Starts after this number. A buffer that has already started only learns that it exists. */
  begin(seq: number): T[] {
    this.expect(seq);
    return this.#moveTo(this.#last ?? seq);
  }

  /** Discards everything before and starts again after this number. */
  restart(seq: number): void {
    this.#last = seq;
    this.#known = seq;
    this.#held.clear();
    this.#asked = undefined;
  }

  /** Accepts an item that arrived by itself. */
  accept(item: T): T[] {
    const { seq } = item;
    if (this.#last !== undefined && seq <= this.#last) return [];
    this.expect(seq);
    if (this.#last !== undefined && seq === this.#last + 1) {
      this.#last = seq;
      return [item, ...this.#takeHeld()];
    }
    if (this.#held.size < this.#maxHeld) this.#held.set(seq, item);
    return [];
  }

  /** Records that an item with this number exists. */
  expect(seq: number): void {
    this.#known = Math.max(this.#known, seq);
  }

  /** Later items may exist without being known. Only a query asked after this settles it. */
  check(): void {
    this.#checking = true;
  }

  /** The query to run now; undefined while one is outstanding or nothing is missing. */
  ask(): Query | undefined {
    if (this.#asked !== undefined || this.#last === undefined || !this.behind) return undefined;
    this.#asked = { after: this.#last, toEnd: this.#checking };
    this.#checking = false;
    return this.#asked;
  }

  /** Accepts the answer to the outstanding query, and ignores any other. */
  answer(query: Query, { items, upTo, atEnd }: Answer<T>): T[] {
    if (query !== this.#asked) return [];
    this.#asked = undefined;
    if (query.toEnd && !atEnd) this.#checking = true;
    const last = this.#last ?? query.after;
    return [...items.filter(({ seq }) => seq > last && seq <= upTo), ...this.#moveTo(upTo)];
  }

  /** The query was not answered: `ask` returns the next one. */
  failed(query: Query): void {
    if (query !== this.#asked) return;
    this.#asked = undefined;
    this.#checking ||= query.toEnd;
  }

  /**
   * Leaves the gap open: continues after `end`, the timeline's last number, or with the first held
   * item, whichever is further.
   */
  giveUp(query: Query, end: number): T[] {
    if (query !== this.#asked) return [];
    this.#asked = undefined;
    const held = [...this.#held.keys()];
    const to = held.length === 0 ? end : Math.max(end, Math.min(...held) - 1);
    this.#known = Math.max(to, ...held);
    return this.#moveTo(to);
  }

  #moveTo(seq: number): T[] {
    this.#last = Math.max(this.#last ?? 0, seq);
    for (const held of this.#held.keys()) if (held <= this.#last) this.#held.delete(held);
    return this.#takeHeld();
  }

  /** Takes the held items that are next. */
  #takeHeld(): T[] {
    const items: T[] = [];
    if (this.#last === undefined || this.#held.size === 0) return items;
    for (let next = this.#held.get(this.#last + 1); next; next = this.#held.get(this.#last + 1)) {
      this.#held.delete(next.seq);
      this.#last = next.seq;
      items.push(next);
    }
    return items;
  }
}
