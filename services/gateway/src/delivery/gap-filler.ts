import { ask } from '@parley/bus';
import { type Change, calls, type NumberedChange } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { backoff, pause } from '@parley/runtime/async';
import type { Query, SequenceBuffer } from '@parley/sequence';
import type { GatewayContext } from '../context.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { HeadQuestions } from './head-questions.ts';

export interface GapContext extends Pick<GatewayContext, 'bus' | 'logger'> {
  heads: HeadQuestions;
  metrics: Pick<GatewayMetrics, 'gap' | 'repaired' | 'leftOpen'>;
}

const pageSize = 200;
/** A longer gap stays open; clients detect it by the numbers and sync. */
const maxPages = 50;
const pauses = { firstMs: 50, maxMs: 5_000 };
/**
 * The writer stores a change before publishing it, so an answer that lacks a known change is wrong.
 * After this many wrong answers the filler continues without the change.
 */
const maxFruitless = 5;

const isNumbered = (change: Change): change is NumberedChange => 'seq' in change;

/** The changes of a page, each number once. */
export const numberedChanges = (changes: readonly Change[]): NumberedChange[] =>
  changes.filter(isNumbered).filter(({ seq }, index, all) => seq !== all[index - 1]?.seq);

/** Fetches what a room's buffer asks for from the messages service, with back-off. */
export class GapFiller {
  readonly #context: GapContext;
  readonly #roomId: string;
  readonly #buffer: SequenceBuffer<NumberedChange>;
  readonly #deliver: (changes: readonly NumberedChange[]) => void;
  readonly #onIdle: () => void;
  #closed = false;
  #filling: Promise<void> | undefined;
  /** Ends the pause between two questions. */
  #pausing: AbortController | undefined;

  constructor(
    context: GapContext,
    roomId: string,
    buffer: SequenceBuffer<NumberedChange>,
    on: { deliver: (changes: readonly NumberedChange[]) => void; onIdle: () => void },
  ) {
    this.#context = context;
    this.#roomId = roomId;
    this.#buffer = buffer;
    this.#deliver = on.deliver;
    this.#onIdle = on.onIdle;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get isFilling(): boolean {
    return this.#filling !== undefined;
  }

  /** Resolves when nothing is missing, or after `close`. Never rejects. */
  fill(): Promise<void> | undefined {
    if (this.#filling === undefined && this.#isBehind()) {
      if (this.#buffer.gap) this.#context.metrics.gap();
      this.#filling = this.#fillGap().finally(() => {
        this.#filling = undefined;
        if (this.fill() === undefined) this.#onIdle();
      });
    }
    return this.#filling;
  }

  /**
   * The room's last number.
   * @throws AppError when the messages service cannot be asked
   */
  async askHead(): Promise<number> {
    const head = await this.#context.heads.get(this.#roomId);
    if (this.closed) throw new AppError('unavailable');
    return head;
  }

  close(): void {
    this.#closed = true;
    this.#pausing?.abort();
  }

  #isBehind(): boolean {
    return this.#buffer.behind && !this.closed;
  }

  #nextQuery(): Query | undefined {
    return this.closed ? undefined : this.#buffer.ask();
  }

  async #fillGap(): Promise<void> {
    let pages = 0;
    let retries = 0;
    let fruitless = 0;
    for (let query = this.#nextQuery(); query; query = this.#nextQuery()) {
      const before = this.#buffer.last;
      try {
        if (pages === maxPages || fruitless === maxFruitless) await this.#giveUp(query);
        else await this.#fetchPage(query);
        pages++;
        retries = 0;
        if (this.#buffer.last !== before) continue;
        if (this.#isBehind()) fruitless++;
      } catch (error) {
        this.#buffer.failed(query);
        this.#context.logger.warn(
          { err: error, roomId: this.#roomId, pauseMs: backoff(retries, pauses) },
          'failed to fill a gap; will retry',
        );
      }
      if (this.#isBehind()) await this.#pause(backoff(retries, pauses));
      retries++;
    }
  }

  async #pause(ms: number): Promise<void> {
    this.#pausing = new AbortController();
    await pause(ms, { signal: this.#pausing.signal, ref: false });
    this.#pausing = undefined;
  }

  async #fetchPage(query: Query): Promise<void> {
    const { bus, metrics } = this.#context;
    const { after } = query;
    const page = await ask(bus, calls.getChanges, {
      roomId: this.#roomId,
      afterSeq: after,
      limit: pageSize,
    });
    if (this.closed) return;
    const items = numberedChanges(page.changes);
    const changes = this.#buffer.answer(query, { items, upTo: page.seq, atEnd: page.seq < after + pageSize });
    metrics.repaired(changes.filter(({ seq }) => seq <= page.seq).length);
    this.#deliver(changes);
  }

  async #giveUp(query: Query): Promise<void> {
    const { logger, metrics } = this.#context;
    const head = await this.askHead();
    const changes = this.#buffer.giveUp(query, head);
    const to = changes[0] === undefined ? this.#buffer.last : changes[0].seq - 1;
    logger.error({ roomId: this.#roomId, from: query.after, to }, 'gap left open; clients must sync');
    metrics.leftOpen();
    this.#deliver(changes);
  }
}
