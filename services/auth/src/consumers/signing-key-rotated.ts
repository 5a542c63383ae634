import type { Bus, Consumer } from '@parley/bus';
import type { KeyRing } from '../crypto/key-ring.ts';

/** Every replica signs with the new key from now on. An announcement that is lost costs a minute at most: see `KeyRing`. */
export const followRotations = (bus: Bus, keyRing: KeyRing): Promise<Consumer> =>
  bus.listen('auth', async (event) => {
    if (event.type === 'signing_key.rotated') await keyRing.reload();
  });
