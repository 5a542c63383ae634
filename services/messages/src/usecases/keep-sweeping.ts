import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@parley/database';
import type { Logger } from '@parley/runtime';
import { sweepEveryMs } from '../domain/sweep-pace.ts';
import type { TurnStore } from '../stores/turn-store.ts';
import type { ExpiryMetrics } from './expiry-metrics.ts';
import type { SweepExpired } from './sweep-expired.ts';

interface Deps {
  db: Database;
  turns: TurnStore;
  sweep: SweepExpired;
  metrics: ExpiryMetrics;
  logger: Logger;
  retentionMs: number;
}

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
  readonly #deps: Deps;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#running = this.#run();
  }

  /** Starts no further round; resolves when the current one has ended. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const everyMs = sweepEveryMs(this.#deps.retentionMs);
    while (!signal.aborted) {
      try {
        await this.#sweepOnTurn(everyMs, signal);
      } catch (error) {
        if (!signal.aborted) this.#deps.logger.warn({ err: error }, 'retention sweep failed; will retry');
      }
      await delay(Math.min(everyMs, maxPauseMs), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #sweepOnTurn(everyMs: number, signal: AbortSignal): Promise<void> {
    const { db, turns, sweep, metrics, logger } = this.#deps;
    const { mine, sweptAt } = await turns.take(db, everyMs);
    metrics.swept(sweptAt);
    if (!mine) return;
    const startedAt = performance.now();
    let completed = false;
    try {
      const swept = await sweep.run(signal, () => turns.keep(db));
      completed = swept !== undefined;
      if (swept && swept.rooms > 0)
        logger.info(
          { ...swept, tookMs: Math.round(performance.now() - startedAt) },
          'retention sweep completed: old messages have expired',
        );
    } finally {
      await turns.end(db, completed);
    }
  }
}
