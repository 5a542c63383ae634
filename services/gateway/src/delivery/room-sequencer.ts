import type { NumberedChange } from '@parley/contracts';
import { SequenceBuffer } from '@parley/sequence';
import { type GapContext, GapFiller } from './gap-filler.ts';

/** Limits the buffer of early changes. Those beyond the limit are fetched later. */
const maxHeld = 1_000;

/**
 * Delivers one room's changes once each, in `seq` order: a sequence buffer, and a gap filler that
 * fetches what it asks for. It starts at the room's head when the first connection subscribes
 * (`open`), or just before the first change it receives (`openBefore`).
 */
export class RoomSequencer {
  readonly #context: GapContext;
  readonly #roomId: string;
  readonly #deliver: (change: NumberedChange) => void;
  readonly #buffer = new SequenceBuffer<NumberedChange>(maxHeld);
  readonly #filler: GapFiller;
  /**
   * Other connections received the room before `open` was called. Changes that the answer to `open`
   * includes may still be in flight to them.
   */
  #inUse = false;
  /** The last of those changes that was delivered. */
  #passed = 0;
  /** Where the sequencer began. Later changes are in its order, so a repeated one is dropped. */
  #begunAt: number | undefined;
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
    if (this.#buffer.last !== undefined) return Promise.resolve(this.#buffer.last);
    // Once a first caller waits, changes are held for it, and none may pass those.
    if (this.#opening === undefined) this.#inUse ||= inUse;
    this.#opening ??= this.#filler
      .askHead()
      .then((head) => {
        this.#begin(Math.max(head, this.#passed));
        return head;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    // Changes that passed before this call did not reach the caller.
    const passed = this.#passed;
    return this.#opening.then((head) => Math.max(head, passed));
  }

  openBefore(seq: number): void {
    this.#begin(seq - 1);
  }

  accept(change: NumberedChange): void {
    const { last } = this.#buffer;
    if (last === undefined ? this.#inUse : change.seq <= last) return void this.#pass(change);
    // Changes arrive in order, so no earlier one is in flight any more.
    this.#inUse = false;
    this.#deliverAll(this.#buffer.accept(change));
    void this.#filler.fill();
  }

  /** Records that a change with that number exists. */
  expect(seq: number): void {
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

  #pass(change: NumberedChange): void {
    const { seq } = change;
    if (!this.#inUse || seq <= this.#passed || seq > (this.#begunAt ?? seq)) return;
    this.#passed = seq;
    this.#deliverAll([change]);
  }

  #begin(seq: number): void {
    this.#begunAt ??= seq;
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
