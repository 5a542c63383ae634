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

/** How often a replica looks whether it is its turn: so long after an outage, or after whoever swept was killed and its lease has run out, it goes on. */
const maxPauseMs = 30_000;

/** Sweeps at a steady interval, one replica of all at a time. Whatever goes wrong is tried again; nobody waits for it, and nothing else suffers. */
export class KeepSweeping {
  readonly #deps: Deps;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#running = this.#run();
  }

  /** No round begins any more; resolves when the one that is under way has ended. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const everyMs = sweepEveryMs(this.#deps.retentionMs);
    while (!signal.aborted) {
      try {
        await this.#look(everyMs, signal);
      } catch (error) {
        if (!signal.aborted)
          this.#deps.logger.warn(
            { err: error },
            'messages could not be looked through for what is too old; will try again',
          );
      }
      await delay(Math.min(everyMs, maxPauseMs), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #look(everyMs: number, signal: AbortSignal): Promise<void> {
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
          'old messages have expired',
        );
    } finally {
      await turns.end(db, completed);
    }
  }
}
