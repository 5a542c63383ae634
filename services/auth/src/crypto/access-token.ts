import type { ClientContract } from '@parley/contracts';
import { tokenRules } from '@parley/http';
import jwt from 'jsonwebtoken';
import type { Identity } from '../domain/identity.ts';
import type { Signer } from './key-ring.ts';

interface SignedSession {
  id: string;
  contract: ClientContract | null;
  now: number;
  ttlMs: number;
}

/**
 * Signs an access token that is valid for `ttlMs` from `now`. It states the user, the session, and
 * the user's organization and role.
 */
export function signAccessToken(signer: Signer, identity: Identity, session: SignedSession): string {
  const issuedAt = Math.floor(session.now / 1_000);
  return jwt.sign(
    {
      sub: identity.id,
      // Clients that decode the token read the user from `id` and `username`.
      id: identity.id,
      sid: session.id,
      name: identity.username,
      username: identity.username,
      ...(session.contract && { contract: session.contract }),
      ...(identity.organizationId && { org: identity.organizationId }),
      ...(identity.organizationRole && { role: identity.organizationRole }),
      iat: issuedAt,
      exp: issuedAt + Math.floor(session.ttlMs / 1_000),
    },
    signer.privateKey,
    {
      algorithm: tokenRules.algorithm,
      keyid: signer.kid,
      issuer: tokenRules.issuer,
      audience: tokenRules.audience,
    },
  );
}
