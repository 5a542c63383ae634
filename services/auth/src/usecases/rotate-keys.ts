import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { makeEvent } from '@parley/contracts';
import type { Outbox } from '@parley/database';
import { tokenRules } from '@parley/http';
import type { Clock } from '@parley/runtime';
import { seal } from '../crypto/sealed-box.ts';
import type { SigningKeyStore } from '../stores/signing-keys.ts';

const newKeyPair = promisify(generateKeyPair);

/** Within a minute the other replicas have the new key too (`KeyRing`); as much again for clocks that differ. */
const replicasLagMs = 2 * 60_000;

export interface RotateKeysDeps {
  outbox: Outbox;
  keys: SigningKeyStore;
  secret: string;
  /** Of the longest-lived tokens: a replaced key verifies for that long. */
  tokenTtlMs: number;
  clock: Clock;
  newId: () => string;
}

/**
 * Makes a new signing key, unless the current one is younger than `olderThanMs` (0: always). Replicas that try at once make one.
 *
 * It signs from now on, without having been published first: every verifier asks for the keys again when it meets a `kid` that it
 * does not know, and a key that has leaked must not sign for another minute.
 */
export const rotateKeys =
  ({ outbox, keys, secret, tokenTtlMs, clock, newId }: RotateKeysDeps) =>
  async (olderThanMs: number): Promise<void> => {
    await outbox.transact(async (trx, add) => {
      await keys.lock(trx);
      const now = clock();
      const current = await keys.current(trx);
      if (current && now - current.createdAt.getTime() < olderThanMs) return;
      const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
      const kid = newId();
      await keys.replace(
        trx,
        {
          kid,
          publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: tokenRules.algorithm, use: 'sig' },
          sealedPrivateKey: seal(secret, kid, privateKey.export({ format: 'der', type: 'pkcs8' })),
          createdAt: new Date(now),
        },
        new Date(now + tokenTtlMs + replicasLagMs),
      );
      add(makeEvent('signing_key.rotated', { kid }, { id: newId(), now }));
    });
  };
