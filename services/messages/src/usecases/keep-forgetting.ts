import { pause } from '@parley/runtime/async';
import { forgetWithdrawals } from '../stores/reactions.ts';
import type { Context } from './context.ts';

const everyMs = 3_600_000;
/** Far longer than a submission waits to be delivered again. */
const rememberedMs = 86_400_000;
const rowsAtOnce = 1_000;
const pauseMs = 100;

/**
 * Forgets withdrawn reactions after a day, in small steps. Every replica does; they do not wait for
 * each other. Resolves when `signal` aborts. Never rejects.
 */
export async function keepForgetting({ db, clock, logger }: Context, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const before = new Date(clock() - rememberedMs);
      while (!signal.aborted && (await forgetWithdrawals(db, before, rowsAtOnce)))
        await pause(pauseMs, { signal, ref: false });
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'failed to forget withdrawn reactions; will retry');
    }
    await pause(everyMs, { signal, ref: false });
  }
}
