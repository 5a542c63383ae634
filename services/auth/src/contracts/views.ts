import type { SharedTokens } from '@parley/contracts';
import type { Tokens } from '../usecases/open-session.ts';

/**
 * A session for all client contracts: each field under each of its names. Clients that refresh read
 * `accessToken` and `refreshToken`. Clients that may not refresh read the other token fields.
 */
export function sharedTokensView({ identity, access, clientAccess, refreshToken }: Tokens): SharedTokens {
  const { id, username, email, name, organizationId, organizationRole } = identity;
  const createdAt = identity.createdAt.toISOString();
  const seconds = (ms: number) => Math.floor(ms / 1_000);
  return {
    user: {
      id,
      user_id: id,
      username,
      email,
      name,
      fullName: name,
      status: 'online',
      organization_id: organizationId,
      role: organizationRole,
      created_at: createdAt,
      updated_at: createdAt,
    },
    session: {
      access_token: clientAccess.token,
      refresh_token: refreshToken,
      token_type: 'bearer',
      expires_in: seconds(clientAccess.ttlMs),
    },
    token: clientAccess.token,
    access_token: clientAccess.token,
    refresh_token: refreshToken,
    accessToken: access.token,
    refreshToken,
    expiresIn: seconds(access.ttlMs),
  };
}
