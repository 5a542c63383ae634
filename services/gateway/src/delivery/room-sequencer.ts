import { setTimeout as delay } from 'node:timers/promises';
import type { Change, NumberedChange } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { SequencerDeps } from './sequencer.ts';

/** Limits the buffer of early changes. Those beyond the limit are fetched later. */
const maxPending = 1_000;
const pageSize = 200;
/** A longer gap stays open; clients detect it by the numbers and sync. */
const maxPages = 50;
const firstPauseMs = 50;
const maxPauseMs = 5_000;
/**
 * The writer stores a change before publishing it, so an answer that lacks a known change is wrong.
 * After this many wrong answers the sequencer continues without the change.
 */
const maxFruitless = 5;

/**
 * Delivers one room's changes once each, in `seq` order. It starts at the room's head when the
 * first connection subscribes (`open`), or just before the first change it receives (`openBefore`).
 * Then it
 * - drops old changes;
 * - delivers the next change at once;
 * - holds a later change until the gap before it is filled from the messages service.
 */
export class RoomSequencer {
  readonly #roomId: string;
  readonly #deps: SequencerDeps;
  readonly #deliver: (change: Change) => void;
  readonly #waiting = new Map<number, NumberedChange>();
  readonly #closing = new AbortController();
  /** Every change up to this number was delivered; undefined while the head is being asked for. */
  #last: number | undefined;
  /** The highest number known to exist. */
  #goal = 0;
  #toHead = false;
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
  #filling: Promise<void> | undefined;

  constructor(roomId: string, deps: SequencerDeps, deliver: (change: Change) => void) {
    this.#roomId = roomId;
    this.#deps = deps;
    this.#deliver = deliver;
  }

  /**
   * Answers a number after which every change will be delivered. Changes that arrive meanwhile
   * wait.
   * @param inUse others receive the room already: no change is held back or dropped for them
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
    this.#begunAt = this.#last;
  }

  accept(change: NumberedChange): void {
    if (this.#last === undefined ? this.#inUse : change.seq <= this.#last) return void this.#pass(change);
    // Changes arrive in order, so no earlier one is in flight any more.
    this.#inUse = false;
    if (this.#waiting.size < maxPending || change.seq === (this.#last ?? 0) + 1)
      this.#waiting.set(change.seq, change);
    this.expect(change.seq);
  }

  /** Records that a change with that number exists. */
  expect(seq: number): void {
    this.#goal = Math.max(this.#goal, seq);
    this.#advance();
    if (this.#incomplete()) this.#fill();
  }

  /** Checks for missed changes. Resolves when they have been fetched. */
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
    const { seq } = change;
    if (!this.#inUse || seq <= this.#passed || seq > (this.#begunAt ?? seq)) return;
    this.#passed = seq;
    this.#deliver(change);
  }

  #begin(seq: number): void {
    // A gap may have been filled, or a direct room may have started, while we asked.
    this.#last ??= Math.max(seq, this.#passed);
    this.#begunAt ??= this.#last;
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
        this.#deps.logger.warn(
          { err: error, roomId: this.#roomId, pauseMs },
          'failed to fill a gap; will retry',
        );
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
      // Skips changes delivered live while we asked.
      if (!('seq' in change) || change.seq <= (this.#last ?? 0)) continue;
      this.#last = change.seq;
      this.#deliver(change);
      fetched++;
    }
    this.#deps.metrics.repaired(fetched);
    // Skips numbers whose changes were replaced by later ones.
    this.#moveTo(page.seq);
    // An answer to a question asked before the check does not settle it.
    if (toHead && page.seq < afterSeq + pageSize) this.#toHead = false;
  }

  /** Continues at the room's head or the first buffered change, whichever is further. */
  async #giveUp(): Promise<void> {
    const head = await this.#askHead();
    const here = [...this.#waiting.keys()];
    const to = here.length === 0 ? head : Math.max(head, Math.min(...here) - 1);
    this.#deps.logger.error(
      { roomId: this.#roomId, from: this.#last, to },
      'gap left open; clients must sync',
    );
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
