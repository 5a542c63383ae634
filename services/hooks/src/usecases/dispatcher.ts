import { atMost, pause } from '@parley/runtime/async';
import type { Claim } from '../domain/hook.ts';
import { claimRooms } from '../stores/claims.ts';
import { type Context, nowOf } from './context.ts';
import { deliverRoom, leaseMs } from './deliver-room.ts';

/** How often to look for attempts that are due again. */
const pollMs = 500;
/** Deliveries of one webhook that a replica has in flight, each of another room. */
const perHook = 4;

/** How long deliveries in flight may take to end when the process stops. */
const stopMs = 1_000;

interface Delivery {
  claim: Claim;
  slow: boolean;
  abort: AbortController;
  done: Promise<void>;
}

/**
 * Delivers what is due, as one of several replicas. Each room of a webhook has one request in
 * flight. The number of all is bounded, and slow receivers may use half of it, so neither slow nor
 * dead ones delay others. It holds no changes in memory but those in flight.
 */
export class Dispatcher {
  readonly #context: Context;
  readonly #concurrency: number;
  readonly #inFlight = new Set<Delivery>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #waking = new AbortController();

  constructor(context: Context, { concurrency }: { concurrency: number }) {
    this.#context = context;
    this.#concurrency = concurrency;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Looks for due deliveries at once. */
  kick(): void {
    this.#waking.abort();
  }

  /** Ends requests in flight. Their rooms are read again. */
  abort(concerns: (claim: Claim) => boolean): void {
    for (const { claim, abort } of this.#inFlight) if (concerns(claim)) abort.abort();
  }

  /** Starts no further delivery. Those in flight have a second; the others are repeated later. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.kick();
    await this.#running;
    const ended = Promise.all([...this.#inFlight].map(({ done }) => done));
    await atMost(stopMs, ended);
    this.abort(() => true);
    await ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#waking = new AbortController();
      const started = (await this.#fill(false)) + (await this.#fill(true));
      if (started === 0) await pause(pollMs, { signal: this.#waking.signal });
    }
  }

  /** Starts as many deliveries as there is room for. Returns their number. */
  async #fill(slow: boolean): Promise<number> {
    const limit = this.#free(slow);
    if (limit <= 0 || this.#stopping.signal.aborted) return 0;
    const { db, timeoutMs, logger } = this.#context;
    try {
      const claims = await claimRooms(db, {
        slow,
        limit,
        perHook,
        inFlight: this.#byHook(),
        leaseMs: leaseMs(timeoutMs),
        now: nowOf(this.#context),
      });
      for (const claim of claims) this.#deliver(claim, slow);
      return claims.length;
    } catch (error) {
      logger.warn({ err: error }, 'webhooks wait: their due deliveries could not be claimed');
      return 0;
    }
  }

  #free(slow: boolean): number {
    const free = this.#concurrency - this.#inFlight.size;
    if (!slow) return free;
    const slowOnes = [...this.#inFlight].filter((delivery) => delivery.slow).length;
    return Math.min(free, Math.floor(this.#concurrency / 2) - slowOnes);
  }

  #byHook(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { claim } of this.#inFlight) counts.set(claim.hookId, (counts.get(claim.hookId) ?? 0) + 1);
    return counts;
  }

  #deliver(claim: Claim, slow: boolean): void {
    const abort = new AbortController();
    const { hookId, roomId } = claim;
    const done = deliverRoom(this.#context, claim, abort.signal)
      .catch((error: unknown) =>
        this.#context.logger.warn({ err: error, hookId, roomId }, 'a delivery was interrupted; will retry'),
      )
      .finally(() => {
        this.#inFlight.delete(delivery);
        this.kick();
      });
    const delivery: Delivery = { claim, slow, abort, done };
    this.#inFlight.add(delivery);
  }
}
