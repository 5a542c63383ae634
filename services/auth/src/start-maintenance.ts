import type { Context } from './usecases/context.ts';
import { purgeExpired } from './usecases/purge-expired.ts';

const everyMs = 60_000;

/** Every minute, deletes expired rows and replaces a signing key that has reached its age. */
export function startMaintenance(context: Context): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const run = async () => {
    try {
      await context.keyRing.signer();
      await purgeExpired(context);
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
