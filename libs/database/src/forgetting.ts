import type { Logger } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { Database, Transaction } from './connect.ts';

const defaultEveryMs = 3_600_000;
const pauseMs = 100;

/**
 * Deletes a limited number of rows that nobody needs any longer. Returns whether there may be more.
 */
export type ForgettingStep = (trx: Transaction) => Promise<boolean>;

/**
 * Runs each step until it finds nothing more, every hour, one replica at a time. Each transaction
 * is short and leaves nothing half done, so a forgetting that is interrupted resumes where it
 * stopped. Resolves when `signal` aborts. Never rejects.
 * @param options.everyMs @default 3600000
 */
export async function keepForgetting(
  { db, logger }: { db: Database; logger: Logger },
  steps: readonly ForgettingStep[],
  { signal, everyMs = defaultEveryMs }: { signal: AbortSignal; everyMs?: number },
): Promise<void> {
  while (!signal.aborted) {
    for (const step of steps) {
      try {
        while (!signal.aborted && (await takeTurn(db, step))) await pause(pauseMs, { signal, ref: false });
      } catch (error) {
        if (!signal.aborted) logger.warn({ err: error }, 'failed to forget old rows; will retry');
      }
    }
    await pause(everyMs, { signal, ref: false });
  }
}

/** Does nothing while another replica forgets. */
function takeTurn(db: Database, step: ForgettingStep): Promise<boolean> {
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { mine: boolean }[] }>(
      "select pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.forgetting', 0)) as mine",
    );
    return rows[0]?.mine === true && (await step(trx));
  });
}
