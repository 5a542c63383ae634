import type { Migration } from '@parley/database';

/**
 * Records when a session's access tokens expire, and how a refresh token's successor is derived.
 *
 * `access_expires_at` is the expiry of the last long-lived access token. Existing rows get the time
 * of this migration: their tokens were short-lived, and every reader allows for those anyway.
 */
export const tokenLivesMigration: Migration = {
  name: '0004-token-lives',
  up: async (trx) => {
    await trx.raw(`
      alter table sessions add column access_expires_at timestamptz not null default now();
      drop index sessions_by_revocation;
      create index sessions_revoked on sessions (id) where revoked_at is not null;
      create index sessions_revoked_by_access on sessions (access_expires_at) where revoked_at is not null;

      -- A successor is an HMAC of its predecessor under this key, so repeating a token gives
      -- the same successor.
      alter table refresh_tokens add column successor_key bytea, add column predecessor_hash bytea;
    `);
  },
};
