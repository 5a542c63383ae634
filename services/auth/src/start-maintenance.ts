import { fillSkeletons } from './stores/skeletons.ts';
import type { Context } from './usecases/context.ts';
import { purgeExpired } from './usecases/purge-expired.ts';

const everyMs = 60_000;

/**
 * Every minute, deletes expired rows, replaces a signing key that has reached its age, and protects
 * the names that replicas of an earlier release have stored.
 */
export function startMaintenance(context: Context): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const run = async () => {
    try {
      await context.keyRing.signer();
      await purgeExpired(context);
      await fillSkeletons(context.db);
    } catch (error) {
      context.logger.warn({ err: error }, 'maintenance failed; will retry');
    }
  };
  const timer = setInterval(() => {
    running = running.then(run);
  }, everyMs);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      return running;
    },
  };
}
