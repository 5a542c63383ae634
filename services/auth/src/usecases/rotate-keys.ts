import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { tokenRules } from '@parley/http';
import { seal } from '@parley/runtime';
import { findSigningKey, lockSigningKeys, replaceSigningKey } from '../stores/signing-keys.ts';
import type { CommandContext } from './context.ts';

const newKeyPair = promisify(generateKeyPair);

/**
 * Other replicas adopt a new key within a minute (`KeyRing`). Another minute allows for clock skew.
 */
const replicasLagMs = 2 * 60_000;

/**
 * Creates a signing key unless the current one is younger than `olderThanMs` (0: always).
 * Concurrent replicas create one.
 *
 * The key signs at once, without being published in advance: verifiers request the keys again when
 * they meet an unknown `kid`, and a leaked key must not sign any longer.
 */
export async function rotateKeys(
  { transact, settings, clock, newId }: CommandContext,
  { secret, olderThanMs }: { secret: string; olderThanMs: number },
): Promise<void> {
  await transact(async ({ trx, emit }) => {
    await lockSigningKeys(trx);
    const now = clock();
    const current = await findSigningKey(trx);
    if (current && now - current.createdAt.getTime() < olderThanMs) return;
    const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
    const kid = newId();
    // A replaced key verifies as long as its longest-lived tokens.
    const tokenTtlMs = Math.max(settings.accessTtlMs, settings.simpleAccessTtlMs);
    await replaceSigningKey(
      trx,
      {
        kid,
        publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: tokenRules.algorithm, use: 'sig' },
        sealedPrivateKey: seal(secret, kid, privateKey.export({ format: 'der', type: 'pkcs8' })),
        createdAt: new Date(now),
      },
      new Date(now + tokenTtlMs + replicasLagMs),
    );
    emit('signing_key.rotated', { kid });
  });
}
