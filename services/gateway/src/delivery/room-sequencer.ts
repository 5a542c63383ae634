import type { NumberedChange } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { SequenceBuffer } from '@parley/sequence';
import { type GapContext, GapFiller } from './gap-filler.ts';

/** Limits the buffer of early changes. Those beyond the limit are fetched later. */
const maxHeld = 1_000;

/**
 * All that must be remembered of a room of which nothing is missing or asked: the number of the
 * last delivered change, or the head of a room in use of which nothing has arrived.
 */
export type RestingState = number | { readonly head: number };

/**
 * Delivers one room's changes once each, in `seq` order: a sequence buffer, and a gap filler that
 * fetches what it asks for. It starts at the room's head when the first connection subscribes
 * (`open`), or from a resting state. It is needed only until the room is at rest.
 *
 * If other connections received the room before `open` was called, changes that the head includes
 * may still be in flight to them. It then starts just before the first change that arrives or is
 * announced, and at the head at the latest.
 */
export class RoomSequencer {
  readonly #deliver: (change: NumberedChange) => void;
  readonly #buffer = new SequenceBuffer<NumberedChange>(maxHeld);
  readonly #filler: GapFiller;
  readonly #onRest: (state: RestingState) => void;
  /** Other connections received the room before `open` was called. */
  #inUse = false;
  #begunAt: number | undefined;
  /** The room's head when `open` was called for a room in use. */
  #head: number | undefined;
  /** The head is being asked for. */
  #opening: Promise<number> | undefined;
  /** How many callers wait for `open`. */
  #openings = 0;

  /**
   * @param deliver never throws
   * @param options.from the state that an earlier sequencer has left
   * @param options.onRest called whenever nothing but the state must be remembered
   */
  constructor(
    context: GapContext,
    roomId: string,
    deliver: (change: NumberedChange) => void,
    options: { from?: RestingState | undefined; onRest?: (state: RestingState) => void } = {},
  ) {
    this.#deliver = deliver;
    this.#onRest = options.onRest ?? (() => undefined);
    this.#filler = new GapFiller(context, roomId, this.#buffer, {
      deliver: (changes) => this.#deliverAll(changes),
      onIdle: () => this.#rest(),
    });
    if (typeof options.from === 'number') this.#buffer.begin(options.from);
    else if (options.from) {
      this.#inUse = true;
      this.#head = options.from.head;
    }
  }

  /**
   * Answers a number after which every change will be delivered. Changes that arrive meanwhile
   * wait.
   * @param inUse others receive the room already: no change is held back or dropped for them
   * @param head how the caller learns the head; if that fails, it is asked for
   * @default asks for it
   * @throws AppError when the messages service cannot be asked
   */
  open(inUse = false, head?: () => Promise<number>): Promise<number> {
    const begun = this.#buffer.last ?? this.#head;
    if (begun !== undefined) return Promise.resolve(begun);
    // Once a first caller waits, changes are held for it.
    if (this.#openings === 0) this.#inUse ||= inUse;
    // A caller's own way may be slow, so nobody else waits for it.
    if (head) return this.#opened(this.#beginAt(head().catch(() => this.#filler.askHead())));
    this.#opening ??= this.#opened(this.#beginAt(this.#filler.askHead())).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** The last change that was delivered; undefined until it has started. */
  get last(): number | undefined {
    return this.#buffer.last;
  }

  accept(change: NumberedChange): void {
    if (this.#isWaiting) this.#begin(this.#startBefore(change.seq));
    this.#deliverAll(this.#buffer.accept(change));
    this.#fillOrRest();
  }

  /**
   * Records that a change with that number exists.
   * @param from the first change that may not have arrived
   */
  expect(seq: number, from = seq): void {
    if (this.#isWaiting) {
      const start = this.#startBefore(from);
      // The changes up to the head may still be in flight.
      if (seq <= start) {
        this.#rest();
        return;
      }
      this.#begin(start);
    }
    this.#buffer.expect(seq);
    this.#fillOrRest();
  }

  /** Checks for missed changes. Resolves when they have been fetched. */
  async check(): Promise<void> {
    if (this.#buffer.last === undefined) this.#rest();
    else {
      this.#buffer.check();
      await this.#filler.fill();
    }
  }

  close(): void {
    this.#filler.close();
  }

  /** The room is in use, and nothing has arrived since `open` was called. */
  get #isWaiting(): boolean {
    return this.#inUse && this.#buffer.last === undefined;
  }

  #startBefore(seq: number): number {
    return Math.min(seq - 1, this.#head ?? Number.POSITIVE_INFINITY);
  }

  async #opened(opening: Promise<number>): Promise<number> {
    this.#openings += 1;
    try {
      return await opening;
    } finally {
      this.#openings -= 1;
      this.#rest();
    }
  }

  #fillOrRest(): void {
    void this.#filler.fill();
    this.#rest();
  }

  #rest(): void {
    if (this.#openings > 0 || this.#filler.isFilling || this.#filler.closed) return;
    const { last } = this.#buffer;
    if (last !== undefined) this.#onRest(last);
    else if (this.#head !== undefined) this.#onRest({ head: this.#head });
  }

  async #beginAt(asked: Promise<number>): Promise<number> {
    const head = await asked;
    if (this.#filler.closed) throw new AppError('unavailable');
    if (this.#inUse) this.#head ??= head;
    else if (this.#buffer.last === undefined) this.#begin(head);
    // Changes before the first one that has arrived meanwhile are not delivered.
    return Math.max(head, this.#begunAt ?? head);
  }

  #begin(seq: number): void {
    this.#begunAt = seq;
    this.#deliverAll(this.#buffer.begin(seq));
    void this.#filler.fill();
  }

  #deliverAll(changes: readonly NumberedChange[]): void {
    if (this.#filler.closed) return;
    for (const change of changes) this.#deliver(change);
  }
}
