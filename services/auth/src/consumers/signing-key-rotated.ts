import type { Bus, Consumer } from '@parley/bus';
import type { Context } from '../usecases/context.ts';

/**
 * Makes every replica sign with the new key at once. If the event is lost, a replica notices within
 * a minute: see `KeyRing`.
 */
export const followRotations = (bus: Bus, { keyRing }: Context): Promise<Consumer> =>
  bus.listen('auth', async (event) => {
    if (event.type === 'signing_key.rotated') await keyRing.reload();
  });
