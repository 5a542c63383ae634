import type { Migration } from '@parley/database';

/**
 * Uniqueness applies to the folded `*_key` columns. Our code folds them, so the database's
 * collation does not matter.
 */
export const initial: Migration = {
  name: '0001-initial',
  up: async (trx) => {
    await trx.raw(`
      create table organizations (
        id uuid primary key,
        name text not null,
        name_key text not null constraint organizations_name_unique unique,
        join_policy text not null check (join_policy in ('open', 'invite')),
        created_at timestamptz not null
      );

      create table users (
        id uuid primary key,
        username text not null,
        username_key text not null constraint users_username_unique unique,
        email text not null constraint users_email_unique unique,
        name text not null,
        password_hash text not null,
        password_version integer not null default 1,
        organization_id uuid references organizations,
        organization_role text check (organization_role in ('admin', 'moderator', 'user')),
        created_at timestamptz not null,
        check ((organization_id is null) = (organization_role is null))
      );
      create index users_by_organization on users (organization_id, id) where organization_id is not null;

      create table organization_invites (
        id uuid primary key,
        organization_id uuid not null references organizations on delete cascade,
        token_hash bytea not null unique,
        role text not null check (role in ('admin', 'moderator', 'user')),
        uses integer not null default 0,
        max_uses integer,
        expires_at timestamptz not null,
        created_by uuid not null,
        created_at timestamptz not null
      );
      create index organization_invites_by_organization on organization_invites (organization_id, id);
      create index organization_invites_by_expiry on organization_invites (expires_at);

      create table sessions (
        id uuid primary key,
        user_id uuid not null references users on delete cascade,
        user_agent text not null,
        address text not null,
        created_at timestamptz not null,
        last_used_at timestamptz not null,
        expires_at timestamptz not null,
        revoked_at timestamptz
      );
      create index sessions_by_user on sessions (user_id, last_used_at) where revoked_at is null;
      create index sessions_by_revocation on sessions (revoked_at) where revoked_at is not null;
      create index sessions_by_expiry on sessions (expires_at);

      create table refresh_tokens (
        token_hash bytea primary key,
        session_id uuid not null references sessions on delete cascade,
        expires_at timestamptz not null,
        used_at timestamptz
      );
      create index refresh_tokens_by_session on refresh_tokens (session_id);
      create index refresh_tokens_by_expiry on refresh_tokens (expires_at);

      create table signing_keys (
        kid text primary key,
        public_jwk jsonb not null,
        sealed_private_key bytea not null,
        created_at timestamptz not null,
        verify_until timestamptz
      );
      create unique index signing_keys_one_current on signing_keys ((true)) where verify_until is null;

      -- rate-limiter-flexible's own shape.
      create table attempts (
        key varchar(255) primary key,
        points integer not null default 0,
        expire bigint
      );
      create index attempts_by_expiry on attempts (expire);
    `);
  },
};
