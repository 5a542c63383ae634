import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { answer, type Bus } from '@parley/bus';
import { type Caller, type ClientContract, calls } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import jwt from 'jsonwebtoken';

export interface TestUser {
  userId: string;
  username: string;
  organizationId?: string | null;
  organizationRole?: Caller['organizationRole'];
  /** @default none, as in a token of an earlier release */
  contract?: ClientContract;
  /** @default a session of its own for each token */
  sessionId?: string;
}

export interface TestAuth {
  /** An access token as auth would sign it. @param ttlMs how long it lives; default 15 minutes; negative: expired already */
  token(user: TestUser, ttlMs?: number): string;
}

const defaultTtlMs = 15 * 60_000;

/** Stands in for the auth service where another is tested alone: answers for the keys on the bus, and signs tokens with a key of its own. */
export async function createTestAuth(bus: Bus, options: { clock?: Clock } = {}): Promise<TestAuth> {
  const clock = options.clock ?? Date.now;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  await answer(bus, calls.getVerificationState, async () => ({ keys: [jwk], revoked: [] }));
  return {
    token(user, ttlMs = defaultTtlMs) {
      const issuedAt = Math.floor(clock() / 1_000);
      const claims = {
        sub: user.userId,
        sid: user.sessionId ?? randomUUID(),
        id: user.userId,
        name: user.username,
        username: user.username,
        ...(user.contract && { contract: user.contract }),
        ...(user.organizationId && { org: user.organizationId, role: user.organizationRole ?? 'user' }),
        iat: issuedAt,
        exp: issuedAt + Math.ceil(ttlMs / 1_000),
      };
      // The rules of `tokenRules`, in its own words: importing them would not notice if they changed.
      return jwt.sign(claims, privateKey, {
        algorithm: 'ES256',
        keyid: kid,
        issuer: 'parley',
        audience: 'parley',
      });
    },
  };
}
