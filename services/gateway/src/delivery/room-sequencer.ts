import type { NumberedChange } from '@parley/contracts';
import { SequenceBuffer } from '@parley/sequence';
import { type GapContext, GapFiller } from './gap-filler.ts';

/** Limits the buffer of early changes. Those beyond the limit are fetched later. */
const maxHeld = 1_000;

/**
 * Delivers one room's changes once each, in `seq` order: a sequence buffer, and a gap filler that
 * fetches what it asks for. It starts at the room's head when the first connection subscribes
 * (`open`), or just before the first change it receives (`openBefore`).
 *
 * If other connections received the room before `open` was called, changes that the head includes
 * may still be in flight to them. It then starts just before the first change that arrives or is
 * announced, and at the head at the latest.
 */
export class RoomSequencer {
  readonly #context: GapContext;
  readonly #roomId: string;
  readonly #deliver: (change: NumberedChange) => void;
  readonly #buffer = new SequenceBuffer<NumberedChange>(maxHeld);
  readonly #filler: GapFiller;
  /** Other connections received the room before `open` was called. */
  #inUse = false;
  #begunAt: number | undefined;
  /** The room's head when `open` was called for a room in use. */
  #head: number | undefined;
  #opening: Promise<number> | undefined;

  constructor(context: GapContext, roomId: string, deliver: (change: NumberedChange) => void) {
    this.#context = context;
    this.#roomId = roomId;
    this.#deliver = deliver;
    this.#filler = new GapFiller(context, roomId, this.#buffer, (changes) => this.#deliverAll(changes));
  }

  /**
   * Answers a number after which every change will be delivered. Changes that arrive meanwhile
   * wait.
   * @param inUse others receive the room already: no change is held back or dropped for them
   * @throws AppError when the messages service cannot be asked
   */
  open(inUse = false): Promise<number> {
    const begun = this.#buffer.last ?? this.#head;
    if (begun !== undefined) return Promise.resolve(begun);
    // Once a first caller waits, changes are held for it.
    if (this.#opening === undefined) this.#inUse ||= inUse;
    this.#opening ??= this.#askHead().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  get isOpen(): boolean {
    return this.#buffer.last !== undefined;
  }

  openBefore(seq: number): void {
    this.#begin(seq - 1);
  }

  accept(change: NumberedChange): void {
    if (this.#isWaiting) this.#begin(this.#startBefore(change.seq));
    this.#deliverAll(this.#buffer.accept(change));
    void this.#filler.fill();
  }

  /**
   * Records that a change with that number exists.
   * @param from the first change that may not have arrived
   */
  expect(seq: number, from = seq): void {
    if (this.#isWaiting) {
      const start = this.#startBefore(from);
      // The changes up to the head may still be in flight.
      if (seq <= start) return;
      this.#begin(start);
    }
    this.#buffer.expect(seq);
    void this.#filler.fill();
  }

  /** Checks for missed changes. Resolves when they have been fetched. */
  async check(): Promise<void> {
    if (this.#buffer.last === undefined) return;
    this.#buffer.check();
    await this.#filler.fill();
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

  async #askHead(): Promise<number> {
    const head = await this.#filler.askHead();
    if (this.#inUse) this.#head = head;
    else this.#begin(head);
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
    for (const change of changes) {
      try {
        this.#deliver(change);
      } catch (error) {
        // A change that cannot be delivered must not cost the room those after it.
        const { logger } = this.#context;
        logger.error({ err: error, roomId: this.#roomId, seq: change.seq }, 'change not delivered; skipped');
      }
    }
  }
}
