import type { ClientContract, Grant } from '@parley/contracts';
import { tokenRules } from '@parley/http';
import jwt from 'jsonwebtoken';
import type { Identity } from '../domain/identity.ts';
import type { Signer } from './key-ring.ts';

interface SignedSession {
  id: string;
  contract: ClientContract | null;
  now: number;
  ttlMs: number;
  /** Limits the token to what its key may do. */
  grant?: Grant;
}

/** The claims about the caller: a user, or a key that acts as itself. */
type Subject = Pick<Identity, 'id' | 'username' | 'organizationId' | 'organizationRole' | 'isBot'>;

/**
 * Signs an access token that is valid for `ttlMs` from `now`. It states the user, the session, and
 * the user's organization and role.
 */
export function signAccessToken(signer: Signer, subject: Subject, session: SignedSession): string {
  const issuedAt = Math.floor(session.now / 1_000);
  return jwt.sign(
    {
      sub: subject.id,
      // Clients that decode the token read the user from `id` and `username`.
      id: subject.id,
      sid: session.id,
      name: subject.username,
      username: subject.username,
      ...(subject.isBot && { bot: true }),
      ...(session.contract && { contract: session.contract }),
      ...(subject.organizationId && { org: subject.organizationId }),
      ...(subject.organizationRole && { role: subject.organizationRole }),
      ...(session.grant && claimsOf(session.grant)),
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

const claimsOf = ({ keyId, scopes, roomIds }: Grant) => ({
  key: keyId,
  scope: scopes.join(' '),
  ...(roomIds && { rooms: roomIds }),
});
