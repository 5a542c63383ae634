import { createHash } from 'node:crypto';
import type { Caller } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { decodeJwt, type JWTPayload } from 'jose';
import { externalProvider } from '../../domain/api-key.ts';
import type { Identity } from '../../domain/identity.ts';
import { type IssuedIdentity, identityOf, type TrustedIssuer } from '../../domain/trusted-issuer.ts';
import {
  type ExternalIdentity,
  findExternalUser,
  insertExternalIdentity,
  lockExternalIdentity,
} from '../../stores/external-identities.ts';
import { findIssuedSession } from '../../stores/issuers.ts';
import { insertSession, touchSession } from '../../stores/sessions.ts';
import { findUser } from '../../stores/users.ts';
import { addUser } from '../add-user.ts';
import type { Context, Transaction } from '../context.ts';
import { rename } from '../keys/put-external-user.ts';
import { adoptMembership, issuedOrganization } from './issued-membership.ts';

export interface AcceptedToken {
  caller: Omit<Caller, 'grant'>;
  expiresAt: number;
}

/**
 * Accepts a token of a trusted issuer as a login. Its user is created once, however many of its
 * requests arrive at the same time, and follows the claims of later tokens.
 * @throws AppError `unauthenticated`, `token_expired`, `session_revoked`, `unavailable`,
 *   `organization_name_taken`
 */
export async function acceptIssuedToken(context: Context, token: string): Promise<AcceptedToken> {
  const issuer = issuerOf(context, token);
  const keys = issuer && context.issuerKeys.get(issuer.issuer);
  if (!issuer || !keys) throw new AppError('unauthenticated');
  const claims = await keys.verify(token);
  const issued = identityOf(issuer, claims);
  if (!issued) throw new AppError('unauthenticated');
  return context.transact(async (tx) => {
    const identity = await findOrAdd(context, tx, issuer, issued);
    const expiresAt = (claims.exp ?? 0) * 1_000 + issuer.clockSkew;
    const sessionId = await issuedSession(context, tx, { issuer, claims, identity, expiresAt });
    const { id: userId, username, organizationId, organizationRole } = identity;
    const caller = {
      userId,
      username,
      sessionId,
      organizationId,
      organizationRole,
      contract: 'rooms' as const,
    };
    return { caller, expiresAt };
  });
}

function issuerOf({ settings }: Context, token: string): TrustedIssuer | undefined {
  try {
    const { iss } = decodeJwt(token);
    return settings.trustedIssuers.find(({ issuer }) => issuer === iss);
  } catch (error) {
    throw new AppError('unauthenticated', { cause: error });
  }
}

async function findOrAdd(
  context: Context,
  tx: Transaction,
  issuer: TrustedIssuer,
  issued: IssuedIdentity,
): Promise<Identity> {
  const { trx } = tx;
  const organizationId = await issuedOrganization(context, tx, issuer, issued);
  const external: ExternalIdentity = {
    provider: issuer.externalIds ? externalProvider(organizationId ?? null) : `issuer:${issuer.issuer}`,
    subject: issued.subject,
  };
  await lockExternalIdentity(trx, external);
  const knownId = await findExternalUser(trx, external);
  const known = knownId === undefined ? undefined : await findUser(trx, knownId);
  if (known) {
    const named = await rename(tx, known, issued.name);
    return adoptMembership(context, tx, named, { organizationId, role: issued.role });
  }
  const identity = await addUser(context, tx, {
    username: issued.username,
    name: issued.name,
    usernameIsHint: true,
    email: '',
    passwordHash: null,
    contract: 'rooms',
    membership: organizationId
      ? { organizationId, organizationRole: issued.role ?? 'user' }
      : { organizationId: null, organizationRole: null },
  });
  await insertExternalIdentity(trx, external, identity.id, identity.createdAt);
  return identity;
}

/** All tokens of one session at the provider share one here, which a logout ends. */
async function issuedSession(
  { clock, newId }: Context,
  { trx }: Transaction,
  token: { issuer: TrustedIssuer; claims: JWTPayload; identity: Identity; expiresAt: number },
): Promise<string> {
  const { issuer, claims, identity, expiresAt } = token;
  const named = JSON.stringify([issuer.issuer, claims.sub, claims.sid ?? '', identity.organizationId]);
  const externalKey = createHash('sha256').update(named).digest('base64url');
  const now = new Date(clock());
  const found = await findIssuedSession(trx, externalKey, {
    now,
    issuedAt: new Date((claims.iat ?? 0) * 1_000),
  });
  if (found?.ended) throw new AppError('session_revoked');
  const end = new Date(expiresAt);
  const device = { userAgent: issuer.issuer.slice(0, 300), address: '' };
  const used = { device, now, expiresAt: end, accessExpiresAt: end };
  if (found) await touchSession(trx, { ...used, id: found.id });
  const id = found?.id ?? newId();
  if (!found) await insertSession(trx, { ...used, id, userId: identity.id, contract: 'rooms', externalKey });
  return id;
}
