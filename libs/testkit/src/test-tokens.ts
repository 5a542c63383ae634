import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { answer, type Bus } from '@parley/bus';
import { type Caller, type ClientContract, calls, type Scope } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import jwt from 'jsonwebtoken';

interface TestUser {
  userId: string;
  username: string;
  isBot?: true;
  organizationId?: string | null;
  organizationRole?: Caller['organizationRole'];
  /** @default none, as in tokens of earlier releases */
  contract?: ClientContract;
  /** @default a new session for each token */
  sessionId?: string;
  /** Limits the token. @default none: a user's own token */
  grant?: { scopes: readonly Scope[]; roomIds?: readonly string[]; keyId?: string };
}

export interface TestAuth {
  /**
   * An access token as auth would sign it. @param ttlMs lifetime, negative: already expired
   * @default 15 minutes
   */
  token(user: TestUser, ttlMs?: number): string;
}

const defaultTtlMs = 15 * 60_000;

/**
 * Replaces auth where another service is tested alone: answers key requests on the bus, and signs
 * tokens with its own key.
 */
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
        ...(user.isBot && { bot: true }),
        ...(user.contract && { contract: user.contract }),
        ...(user.organizationId && { org: user.organizationId, role: user.organizationRole ?? 'user' }),
        ...(user.grant && {
          scope: user.grant.scopes.join(' '),
          key: user.grant.keyId ?? randomUUID(),
          ...(user.grant.roomIds && { rooms: user.grant.roomIds }),
        }),
        iat: issuedAt,
        exp: issuedAt + Math.ceil(ttlMs / 1_000),
      };
      // Repeats `tokenRules` on purpose: an import would not notice a change.
      return jwt.sign(claims, privateKey, {
        algorithm: 'ES256',
        keyid: kid,
        issuer: 'parley',
        audience: 'parley',
      });
    },
  };
}
