import type { Migration } from '@parley/database';

/**
 * Keys of programs, their actions, and users without a password.
 *
 * Every key has a row in `sessions` with its own id, so that revoking a key reaches the verifiers as
 * the end of a session does. `sessions.key_id` is set for tokens that act for a user, and
 * `sessions.minted_by` for sessions that a key created.
 */
export const keysMigration: Migration = {
  name: '0007-keys',
  up: async (trx) => {
    await trx.raw(`
      alter table users alter column email drop not null, alter column password_hash drop not null;
      alter table sessions add column key_id uuid, add column minted_by uuid;
      create index sessions_by_key on sessions (key_id, user_id) where key_id is not null;
      create index sessions_by_minter on sessions (minted_by) where minted_by is not null;

      create table api_keys (
        id uuid primary key,
        prefix text not null unique,
        secret_hash bytea not null,
        name text not null,
        organization_id uuid,
        bot_id uuid,
        scopes text[] not null,
        room_ids uuid[],
        created_by uuid,
        created_at timestamptz not null,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz
      );
      create index api_keys_by_organization on api_keys (organization_id, id);
      create index api_keys_by_bot on api_keys (bot_id, id) where bot_id is not null;

      create table external_identities (
        provider text not null,
        subject text not null,
        user_id uuid not null references users on delete cascade,
        created_at timestamptz not null,
        primary key (provider, subject)
      );
      create index external_identities_by_user on external_identities (user_id);

      create table key_actions (
        id uuid primary key,
        key_id uuid not null,
        user_id uuid,
        action text not null,
        room_id uuid,
        request_id text not null,
        time timestamptz not null
      );
      create index key_actions_by_key on key_actions (key_id, id);
      create index key_actions_by_time on key_actions (time);
    `);
  },
};
