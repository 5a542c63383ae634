import { setTimeout as delay } from 'node:timers/promises';
import type { Change, NumberedChange } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { SequencerDeps } from './sequencer.ts';

/** Changes that came before their turn; what does not fit in is fetched later. */
const maxPending = 1_000;
const pageSize = 200;
/** A longer hole is left open: who finds it in the numbers asks for `sync`. */
const maxPages = 50;
const firstPauseMs = 50;
const maxPauseMs = 5_000;
/** The writer stores first and tells then, so an answer that does not know of what we were told is wrong; after so many we go on without. */
const maxFruitless = 5;

/**
 * One room's changes on their way to those here who hear it: each once, in the order of their numbers. A line begins where the room is when the
 * first connection comes (`open`), or just before the first change that it sees (`openBefore`). Then
 * - what is old is dropped;
 * - what is next is handed on at once;
 * - what is further on waits while the hole before it is filled from the messages service, for as long as that takes.
 */
export class RoomSequencer {
  readonly #roomId: string;
  readonly #deps: SequencerDeps;
  readonly #deliver: (change: Change) => void;
  readonly #waiting = new Map<number, NumberedChange>();
  readonly #closing = new AbortController();
  /** The number up to which everything has been handed on; undefined while we learn where to begin. */
  #last: number | undefined;
  /** The highest number that we know to exist. */
  #goal = 0;
  #toHead = false;
  /** Some connections received the room before the line was opened, so a change that the answer to `open` counts in may still be on its way to them. */
  #inUse = false;
  /** The last of those changes. */
  #passed = 0;
  #opening: Promise<number> | undefined;
  #filling: Promise<void> | undefined;

  constructor(roomId: string, deps: SequencerDeps, deliver: (change: Change) => void) {
    this.#roomId = roomId;
    this.#deps = deps;
    this.#deliver = deliver;
  }

  /**
   * Answers a number after which everything will be handed on. What arrives while we ask waits.
   * @param inUse whether others receive the room already: for them, nothing that arrives is held back or dropped
   * @throws AppError when the messages service cannot be asked
   */
  open(inUse = false): Promise<number> {
    if (this.#last !== undefined) return Promise.resolve(this.#last);
    this.#inUse ||= inUse;
    this.#opening ??= this.#askHead()
      .then((head) => {
        this.#begin(head);
        return head;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  openBefore(seq: number): void {
    this.#last = seq - 1;
  }

  accept(change: NumberedChange): void {
    if (this.#last === undefined ? this.#inUse : change.seq <= this.#last) return void this.#pass(change);
    // Changes come in order: none from before is on its way any more.
    this.#inUse = false;
    if (this.#waiting.size < maxPending || change.seq === (this.#last ?? 0) + 1)
      this.#waiting.set(change.seq, change);
    this.expect(change.seq);
  }

  /** A change of that number exists. */
  expect(seq: number): void {
    this.#goal = Math.max(this.#goal, seq);
    this.#advance();
    if (this.#incomplete()) this.#fill();
  }

  /** Looks whether something was missed. Resolves when it has been fetched. */
  async check(): Promise<void> {
    if (this.#last === undefined) return;
    this.#toHead = true;
    this.#fill();
    await this.#filling;
  }

  close(): void {
    this.#closing.abort();
    this.#waiting.clear();
  }

  #pass(change: NumberedChange): void {
    if (!this.#inUse || change.seq <= this.#passed) return;
    this.#passed = change.seq;
    this.#deliver(change);
  }

  #begin(seq: number): void {
    // Filling a hole, or the first change of a direct room, may have begun while we asked.
    this.#last ??= Math.max(seq, this.#passed);
    for (const waiting of this.#waiting.keys()) if (waiting <= this.#last) this.#waiting.delete(waiting);
    this.expect(this.#last);
  }

  #incomplete(): boolean {
    return (
      this.#last !== undefined && (this.#goal > this.#last || this.#toHead) && !this.#closing.signal.aborted
    );
  }

  #advance(): void {
    if (this.#last === undefined || this.#closing.signal.aborted) return;
    for (let next = this.#waiting.get(this.#last + 1); next; next = this.#waiting.get(this.#last + 1)) {
      this.#waiting.delete(next.seq);
      this.#last = next.seq;
      this.#deliver(next);
    }
  }

  #fill(): void {
    if (this.#filling !== undefined) return;
    if (!this.#toHead) this.#deps.metrics.gap();
    this.#filling = this.#fillGap().finally(() => {
      this.#filling = undefined;
      if (this.#incomplete()) this.#fill();
    });
  }

  /** Never rejects. */
  async #fillGap(): Promise<void> {
    let pauseMs = firstPauseMs;
    let fruitless = 0;
    for (let pages = 0; this.#incomplete(); ) {
      const before = this.#last ?? 0;
      try {
        if (pages === maxPages || fruitless === maxFruitless) await this.#giveUp();
        else await this.#fetchPage(before);
        pages++;
        pauseMs = firstPauseMs;
        if (this.#last !== before) continue;
        if (this.#incomplete()) fruitless++;
      } catch (error) {
        this.#deps.logger.warn({ err: error, roomId: this.#roomId, pauseMs }, 'a hole cannot be filled yet');
      }
      if (this.#incomplete()) await this.#pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, maxPauseMs);
    }
  }

  async #fetchPage(afterSeq: number): Promise<void> {
    const toHead = this.#toHead;
    const page = await this.#deps.getChanges({ roomId: this.#roomId, afterSeq, limit: pageSize });
    if (this.#closing.signal.aborted) return;
    let fetched = 0;
    for (const change of page.changes) {
      // What arrived in the usual way while we asked has been handed on.
      if (!('seq' in change) || change.seq <= (this.#last ?? 0)) continue;
      this.#last = change.seq;
      this.#deliver(change);
      fetched++;
    }
    this.#deps.metrics.repaired(fetched);
    // The answer passes over numbers of changes that later ones have replaced.
    this.#moveTo(page.seq);
    // An answer from before the check was asked for does not settle it.
    if (toHead && page.seq < afterSeq + pageSize) this.#toHead = false;
  }

  /** Goes on at the room's end, or with the first change that is here, whichever is further. */
  async #giveUp(): Promise<void> {
    const head = await this.#askHead();
    const here = [...this.#waiting.keys()];
    const to = here.length === 0 ? head : Math.max(head, Math.min(...here) - 1);
    this.#deps.logger.error({ roomId: this.#roomId, from: this.#last, to }, 'a hole stays open');
    this.#deps.metrics.leftOpen();
    this.#toHead = false;
    this.#goal = Math.max(to, ...here);
    this.#moveTo(to);
  }

  #moveTo(seq: number): void {
    this.#last = Math.max(this.#last ?? 0, seq);
    for (const waiting of this.#waiting.keys()) if (waiting <= this.#last) this.#waiting.delete(waiting);
    this.#advance();
  }

  async #askHead(): Promise<number> {
    const { seq } = await this.#deps.getChanges({
      roomId: this.#roomId,
      afterSeq: Number.MAX_SAFE_INTEGER,
      limit: 1,
    });
    if (this.#closing.signal.aborted) throw new AppError('unavailable');
    return seq;
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
  }
}
