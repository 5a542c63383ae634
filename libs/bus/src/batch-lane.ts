import { setMaxListeners } from 'node:events';
import type { Envelope } from '@parley/contracts';
import { AppError, isOutage } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import { atMost, backoff, pause } from '@parley/runtime/async';
import type { BatchHandler, Confirmation } from './bus.ts';
import type { Linger } from './linger.ts';
import type { Turn } from './turn.ts';
import { type ReadEvent, reasonOf } from './wire.ts';

export interface LaneOptions<D extends ReadEvent> {
  maxBatch: number;
  maxAttempts: number;
  /** Shared by the partitions of a consumer. @default none */
  linger?: Linger;
  /** See `acrossPartitions`. @default none */
  turn?: (() => Turn | undefined) | undefined;
  handle: (events: Envelope[]) => ReturnType<BatchHandler>;
  /** Called when deliveries are done. They are always the oldest unfinished ones. */
  done: (deliveries: readonly D[]) => void;
  /** Stores an event as a dead letter. The lane retries when it rejects. */
  bury: (delivery: D, reason: string) => Promise<void>;
  logger: Logger;
}

/** A handled batch. It is done when it and all batches before it are confirmed. */
interface Handled<D> {
  deliveries: readonly D[];
  confirmed: boolean;
}

/** The deliveries pushed between two calls of `clear`. */
class Generation<D> {
  readonly #stop = new AbortController();
  readonly signal = this.#stop.signal;
  readonly handled: Handled<D>[] = [];
  readonly confirming = new Set<Promise<void>>();

  constructor() {
    // Every batch that waits for its confirmation listens. The prefetch limits their number.
    setMaxListeners(0, this.signal);
  }

  end(): void {
    this.#stop.abort();
  }
}

interface Failure {
  error: unknown;
}

/** Between attempts of a batch that an outage prevents. */
const pauses = { firstMs: 100, maxMs: 5_000 };
/** How long `clear` waits for confirmations of batches that were already handled. */
const confirmWithinMs = 1_000;
/** Between attempts of a failing event. Short, because the event blocks its partition. */
const shortPauses = { firstMs: 20, maxMs: 5_000 };

/**
 * Runs one partition's events through a handler, one batch at a time.
 *
 * An idle lane takes everything that arrives in the same turn of the event loop. While a batch
 * runs, arrivals queue up and form the next batch. Without a linger there is no timer: a lone
 * event starts at once, and under load many events share a batch. A batch that fails
 * - with an outage (a retryable error) is repeated with growing pauses until it succeeds, because
 *   order matters more than progress;
 * - with any other error is repeated one event at a time, so that one bad event affects only
 *   itself. After `maxAttempts` the event becomes a dead letter and the rest continue.
 */
export class BatchLane<D extends ReadEvent> {
  readonly #options: LaneOptions<D>;
  #queue: D[] = [];
  #inFlight = 0;
  #running: Promise<void> | undefined;
  #generation = new Generation<D>();
  /** Ends the current wait for more events. */
  #linger = new AbortController();

  constructor(options: LaneOptions<D>) {
    this.#options = options;
  }

  /** Deliveries that were pushed and are not done. */
  get size(): number {
    return (
      this.#queue.length +
      this.#inFlight +
      this.#generation.handled.reduce((sum, { deliveries }) => sum + deliveries.length, 0)
    );
  }

  /** Whether a batch waits for more events before it starts. */
  get lingers(): boolean {
    return (this.#options.linger?.ms ?? 0) > 0;
  }

  push(delivery: D): void {
    this.#queue.push(delivery);
    this.#running ??= this.#drain();
  }

  /**
   * Drops everything that was pushed and stops retrying. A running handler may finish, and its
   * batch still counts as done if it is confirmed in time. Resolves after that. New deliveries wait
   * for it.
   */
  async clear(): Promise<void> {
    const ending = this.#generation;
    this.#queue = [];
    this.#generation = new Generation();
    ending.end();
    this.#linger.abort();
    this.#linger = new AbortController();
    await this.#running;
    await atMost(confirmWithinMs, Promise.all(ending.confirming));
  }

  /**
   * Ends the linger. Resolves when everything that was pushed has been tried, or after `withinMs`.
   */
  async hurry(withinMs: number): Promise<void> {
    this.#linger.abort();
    await atMost(withinMs, Promise.resolve(this.#running));
  }

  async #drain(): Promise<void> {
    await undefined;
    while (this.#queue.length > 0) {
      await this.#untilDue();
      if (this.#queue.length === 0) break;
      const batch = this.#takeBatch();
      this.#inFlight = batch.length;
      await this.#run(batch, this.#generation);
      this.#inFlight = 0;
    }
    this.#running = undefined;
  }

  /** Events that arrive meanwhile still join the batch. */
  async #untilDue(): Promise<void> {
    const { linger } = this.#options;
    if (this.lingers) await linger?.wait(this.#linger.signal);
    const turn = this.#options.turn?.();
    if (turn?.isFree === false) await turn.wait(this.#linger.signal);
  }

  /** An unreadable delivery forms a batch of its own. */
  #takeBatch(): D[] {
    const limit = this.#queue.findIndex(
      (delivery, index) => index >= this.#options.maxBatch || delivery.unreadable !== undefined,
    );
    return this.#queue.splice(0, limit === -1 ? this.#queue.length : Math.max(limit, 1));
  }

  async #run(batch: readonly D[], generation: Generation<D>): Promise<void> {
    const [first] = batch;
    if (first?.unreadable !== undefined) return this.#bury(first, first.unreadable, generation);
    const failure = await this.#attempt(batch, generation);
    if (!failure) return;
    for (const delivery of batch) {
      if (generation.signal.aborted) return;
      await this.#runAlone(delivery, batch.length === 1 ? failure : undefined, generation);
    }
  }

  async #runAlone(delivery: D, before: Failure | undefined, generation: Generation<D>): Promise<void> {
    const { signal } = generation;
    let failure = before;
    for (let attempts = failure ? 1 : 0; attempts < this.#options.maxAttempts; attempts++) {
      if (attempts > 0) await pause(backoff(attempts - 1, shortPauses), { signal });
      if (signal.aborted) return;
      failure = await this.#attempt([delivery], generation);
      if (!failure) return;
    }
    await this.#bury(delivery, reasonOf(failure?.error), generation);
  }

  /**
   * Runs the handler until it succeeds, the lane is cleared, or it fails with an error that
   * retrying does not cure (the result).
   */
  async #attempt(deliveries: readonly D[], generation: Generation<D>): Promise<Failure | undefined> {
    const { signal } = generation;
    for (let retries = 0; !signal.aborted; retries++) {
      const pauseMs = backoff(retries, pauses);
      try {
        const confirmation = await this.#options.handle(deliveries.map((delivery) => delivery.event));
        this.#letGo(generation, deliveries, confirmation ?? undefined);
        return undefined;
      } catch (error) {
        if (!mayPass(error)) {
          this.#options.logger.error({ err: error, events: deliveries.length }, 'a consumer failed');
          return { error };
        }
        this.#options.logger.warn(
          { err: error, events: deliveries.length, pauseMs },
          'a consumer cannot continue yet; will retry',
        );
        await pause(pauseMs, { signal });
      }
    }
    return undefined;
  }

  /**
   * Deliveries finish in order, whichever confirmation arrives first, because acknowledging one
   * acknowledges all before it.
   */
  #letGo(generation: Generation<D>, deliveries: readonly D[], confirmation?: Confirmation): void {
    const handled: Handled<D> = { deliveries, confirmed: confirmation === undefined };
    generation.handled.push(handled);
    if (confirmation) {
      const confirming = this.#confirm(generation, handled, confirmation).finally(() =>
        generation.confirming.delete(confirming),
      );
      generation.confirming.add(confirming);
    }
    this.#finish(generation);
  }

  #finish({ handled }: Generation<D>): void {
    for (let [first] = handled; first?.confirmed; [first] = handled) {
      handled.shift();
      this.#options.done(first.deliveries);
    }
  }

  async #confirm(generation: Generation<D>, handled: Handled<D>, confirmation: Confirmation): Promise<void> {
    for (let retries = 0; ; retries++) {
      const pauseMs = backoff(retries, pauses);
      try {
        await confirmation();
        handled.confirmed = true;
        return this.#finish(generation);
      } catch (error) {
        this.#options.logger.warn(
          { err: error, events: handled.deliveries.length, pauseMs },
          'a handled batch cannot be confirmed yet; will retry',
        );
      }
      await pause(pauseMs, { signal: generation.signal });
      // The delivery belongs to another member now, which handles it again.
      if (generation.signal.aborted) return;
    }
  }

  async #bury(delivery: D, reason: string, generation: Generation<D>): Promise<void> {
    const { signal } = generation;
    for (let retries = 0; !signal.aborted; retries++) {
      const pauseMs = backoff(retries, pauses);
      try {
        await this.#options.bury(delivery, reason);
        this.#letGo(generation, [delivery]);
        this.#options.logger.error(
          { eventId: delivery.event.id, eventType: delivery.event.type, reason },
          'an event went to the dead letters',
        );
        return;
      } catch (error) {
        this.#options.logger.warn(
          { err: error, pauseMs },
          'the dead-letter queue cannot be written; will retry',
        );
        await pause(pauseMs, { signal });
      }
    }
  }
}

/** `server_error` wraps unknown failures. It is a bug and must not block a partition forever. */
export function mayPass(error: unknown): boolean {
  return error instanceof AppError ? error.retryable && error.code !== 'server_error' : isOutage(error);
}
