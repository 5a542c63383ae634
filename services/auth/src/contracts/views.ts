import type { SharedTokens } from '@parley/contracts';
import type { Tokens } from '../usecases/open-session.ts';

/** A session as every client contract reads it: each field under each of its names. */
export function sharedTokensView({ identity, accessToken, refreshToken, accessTtlMs }: Tokens): SharedTokens {
  const { id, username, email, name, organizationId, organizationRole } = identity;
  const createdAt = identity.createdAt.toISOString();
  const expiresIn = Math.floor(accessTtlMs / 1_000);
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
    session: { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: expiresIn },
    token: accessToken,
    accessToken,
    access_token: accessToken,
    refreshToken,
    refresh_token: refreshToken,
    expiresIn,
  };
}
