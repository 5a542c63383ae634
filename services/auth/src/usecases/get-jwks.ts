import { findVerifyingKeys, type PublicKey } from '../stores/signing-keys.ts';
import type { Context } from './context.ts';

/** The public keys of all tokens that may still be valid. */
export const getJwks = async ({ db, clock }: Context): Promise<{ keys: PublicKey[] }> => ({
  keys: await findVerifyingKeys(db, new Date(clock())),
});
