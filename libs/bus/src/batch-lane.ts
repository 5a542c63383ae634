import { setTimeout as delay } from 'node:timers/promises';
import type { Envelope } from '@parley/contracts';
import { AppError, isOutage } from '@parley/errors';
import { atMost, type Logger } from '@parley/runtime';
import type { BatchHandler, Confirmation } from './bus.ts';
import { type ReadEvent, reasonOf } from './wire.ts';

export interface LaneOptions<D extends ReadEvent> {
  maxBatch: number;
  maxAttempts: number;
  /** See `ConsumeOptions`. @default 0 */
  lingerMs?: number;
  handle: (events: Envelope[]) => ReturnType<BatchHandler>;
  /** These, the oldest of all that are not done, are done. */
  done: (deliveries: readonly D[]) => void;
  /** Keeps an event for people to look at. Rejects if it could not be kept: tried again. */
  bury: (delivery: D, reason: string) => Promise<void>;
  logger: Logger;
}

/** Deliveries that were handled, in their order; they are done when they and all before them are concluded. */
interface Handled<D> {
  deliveries: readonly D[];
  confirmed: boolean;
}

/** What was handed in between two calls of `clear`. */
class Generation<D> {
  readonly #stop = new AbortController();
  readonly signal = this.#stop.signal;
  readonly handled: Handled<D>[] = [];
  readonly confirming = new Set<Promise<void>>();

  end(): void {
    this.#stop.abort();
  }
}

interface Failure {
  error: unknown;
}

const firstPauseMs = 100;
const maxPauseMs = 5_000;
/** Whoever leaves waits so long for what was handled to be concluded. */
const confirmWithinMs = 1_000;
/** Between the tries of one event that fails for a reason of its own: short, since it holds up its partition. */
const firstRetryMs = 20;

/**
 * One partition's way through a handler, one run at a time.
 *
 * Idle, it takes what comes at the end of the same turn of the event loop; while a run is under way, what comes queues up and goes together next. There is
 * no timer: alone, an event goes at once; under load, many go together. A run that fails
 * - by an outage (a retryable error) is repeated with growing pauses until it works: order matters more than progress;
 * - by anything else is repeated one event at a time, so that a poisonous event harms only itself; after `maxAttempts` it is buried and the rest goes on.
 */
export class BatchLane<D extends ReadEvent> {
  readonly #options: LaneOptions<D>;
  readonly #lingerMs: number;
  #queue: D[] = [];
  #inFlight = 0;
  #running: Promise<void> | undefined;
  #generation = new Generation<D>();
  /** Ends a wait for more. */
  #linger = new AbortController();

  constructor(options: LaneOptions<D>) {
    this.#options = options;
    this.#lingerMs = options.lingerMs ?? 0;
  }

  /** Deliveries handed in and not done. */
  get size(): number {
    return (
      this.#queue.length +
      this.#inFlight +
      this.#generation.handled.reduce((sum, { deliveries }) => sum + deliveries.length, 0)
    );
  }

  /** Whether what is handed in waits for more. */
  get lingers(): boolean {
    return this.#lingerMs > 0;
  }

  push(delivery: D): void {
    this.#queue.push(delivery);
    this.#running ??= this.#drain();
  }

  /**
   * Forgets what was handed in and tries nothing again. A handler that is running may end, and what it did is still reported as done, if it is concluded
   * within a moment; resolves after that. What is handed in meanwhile waits for it.
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

  /** Waits for more no longer. Resolves when what was handed in has been tried, or after `withinMs`. */
  async hurry(withinMs: number): Promise<void> {
    this.#linger.abort();
    await atMost(withinMs, Promise.resolve(this.#running));
  }

  async #drain(): Promise<void> {
    await undefined;
    while (this.#queue.length > 0) {
      if (this.lingers) await pause(this.#lingerMs, this.#linger.signal);
      if (this.#queue.length === 0) break;
      const batch = this.#takeBatch();
      this.#inFlight = batch.length;
      await this.#run(batch, this.#generation);
      this.#inFlight = 0;
    }
    this.#running = undefined;
  }

  /** What can't be read goes alone. */
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
      if (attempts > 0) await pause(firstRetryMs * 2 ** (attempts - 1), signal);
      if (signal.aborted) return;
      failure = await this.#attempt([delivery], generation);
      if (!failure) return;
    }
    await this.#bury(delivery, reasonOf(failure?.error), generation);
  }

  /** Runs the handler until it succeeds, fails for a reason that repeating does not cure (the result), or the lane is cleared. */
  async #attempt(deliveries: readonly D[], generation: Generation<D>): Promise<Failure | undefined> {
    const { signal } = generation;
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
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
          'a consumer has to wait',
        );
        await pause(pauseMs, signal);
      }
    }
    return undefined;
  }

  /** Deliveries are done in their order, whatever is concluded first: who lets go of one lets go of all before it. */
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
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      try {
        await confirmation();
        handled.confirmed = true;
        return this.#finish(generation);
      } catch (error) {
        this.#options.logger.warn(
          { err: error, events: handled.deliveries.length, pauseMs },
          'what was handled cannot be concluded yet',
        );
      }
      await pause(pauseMs, generation.signal);
      // It is not ours any more: whoever gets it next does it again.
      if (generation.signal.aborted) return;
    }
  }

  async #bury(delivery: D, reason: string, generation: Generation<D>): Promise<void> {
    const { signal } = generation;
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      try {
        await this.#options.bury(delivery, reason);
        this.#letGo(generation, [delivery]);
        this.#options.logger.error(
          { eventId: delivery.event.id, eventType: delivery.event.type, reason },
          'an event went to the dead letters',
        );
        return;
      } catch (error) {
        this.#options.logger.warn({ err: error, pauseMs }, 'the dead letters cannot be written');
        await pause(pauseMs, signal);
      }
    }
  }
}

/** `server_error` is what unknown failures are wrapped in: a bug, which must not hold up a partition for ever. */
export function mayPass(error: unknown): boolean {
  return error instanceof AppError ? error.retryable && error.code !== 'server_error' : isOutage(error);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
