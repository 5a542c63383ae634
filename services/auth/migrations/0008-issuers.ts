import type { Migration } from '@parley/database';

/**
 * Users of the integrator's identity provider. `sessions.external_key` identifies the session of a
 * user at the provider, whose tokens share one session here. `issuer_keys` keeps the provider's last
 * known keys, for the time when it is unavailable.
 */
export const issuersMigration: Migration = {
  name: '0008-issuers',
  up: async (trx) => {
    await trx.raw(`
      alter table sessions add column external_key text;
      create index sessions_by_external_key on sessions (external_key) where external_key is not null;

      create table issuer_keys (
        issuer text primary key,
        jwks jsonb not null,
        fetched_at timestamptz not null
      );
      create table issuer_organizations (
        issuer text not null,
        value text not null,
        organization_id uuid not null references organizations on delete cascade,
        primary key (issuer, value)
      );
    `);
  },
};
