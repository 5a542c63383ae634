import { pause } from '@parley/runtime/async';
import { sweepEveryMs } from '../domain/sweep-pace.ts';
import { endTurn, keepTurn, type Lease, takeTurn } from '../stores/turn.ts';
import type { Context } from './context.ts';
import { sweepExpired } from './sweep-expired.ts';

/** Longer than one round of a sweep, unless a dependency is down. */
const leaseMs = 30_000;
/**
 * Interval at which a replica checks whether it may sweep. Sweeping resumes this soon after an
 * outage, or after a dead holder's lease expires.
 */
const maxPauseMs = 30_000;

/**
 * Sweeps at a steady interval, one replica at a time. A failed sweep is retried and affects nothing
 * else.
 */
export class KeepSweeping {
  readonly #context: Context;
  readonly #retentionMs: number;
  readonly #lease: Lease;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(context: Context, retentionMs: number) {
    this.#context = context;
    this.#retentionMs = retentionMs;
    this.#lease = { holder: context.newId(), ms: leaseMs };
    this.#running = this.#run();
  }

  /** Starts no further round; resolves when the current one has ended. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const everyMs = sweepEveryMs(this.#retentionMs);
    while (!signal.aborted) {
      try {
        await this.#sweepOnTurn(everyMs, signal);
      } catch (error) {
        if (!signal.aborted) this.#context.logger.warn({ err: error }, 'retention sweep failed; will retry');
      }
      await pause(Math.min(everyMs, maxPauseMs), { signal, ref: false });
    }
  }

  async #sweepOnTurn(everyMs: number, signal: AbortSignal): Promise<void> {
    const { db, expiryMetrics, logger } = this.#context;
    const { mine, sweptAt } = await takeTurn(db, this.#lease, everyMs);
    expiryMetrics.swept(sweptAt);
    if (!mine) return;
    const startedAt = performance.now();
    let completed = false;
    try {
      const swept = await sweepExpired(this.#context, {
        retentionMs: this.#retentionMs,
        signal,
        mayContinue: () => keepTurn(db, this.#lease),
      });
      completed = swept !== undefined;
      if (swept && swept.rooms > 0)
        logger.info(
          { ...swept, tookMs: Math.round(performance.now() - startedAt) },
          'retention sweep completed: old messages have expired',
        );
    } finally {
      await endTurn(db, this.#lease, completed);
    }
  }
}
