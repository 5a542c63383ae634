import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { makeEvent } from '@parley/contracts';
import type { Outbox } from '@parley/database';
import { tokenRules } from '@parley/http';
import type { Clock } from '@parley/runtime';
import { seal } from '../crypto/sealed-box.ts';
import type { SigningKeyStore } from '../stores/signing-keys.ts';

const newKeyPair = promisify(generateKeyPair);

/**
 * Other replicas adopt a new key within a minute (`KeyRing`). Another minute allows for clock skew.
 */
const replicasLagMs = 2 * 60_000;

export interface RotateKeysDeps {
  outbox: Outbox;
  keys: SigningKeyStore;
  secret: string;
  /** The lifetime of the longest-lived tokens: a replaced key verifies for this long. */
  tokenTtlMs: number;
  clock: Clock;
  newId: () => string;
}

/**
 * Creates a signing key unless the current one is younger than `olderThanMs` (0: always).
 * Concurrent replicas create one.
 *
 * The key signs at once, without being published in advance: verifiers request the keys again when
 * they meet an unknown `kid`, and a leaked key must not sign any longer.
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
