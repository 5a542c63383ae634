import type { Migration } from '@parley/database';

/** Webhooks for messages to rooms, and commands. */
export const incomingMigration: Migration = {
  name: '0002-incoming',
  up: async (trx) => {
    await trx.raw(`
      alter table hooks add column program_messages boolean not null default false;

      create table incoming_hooks (
        id uuid primary key,
        owner_id uuid not null,
        room_id uuid not null,
        name text not null,
        format text not null,
        token_hash bytea not null unique,
        created_at timestamptz not null
      );
      create index incoming_hooks_owner on incoming_hooks (owner_id);

      create table hook_commands (
        id uuid primary key,
        hook_id uuid not null references hooks on delete cascade,
        room_id uuid not null,
        word text not null,
        description text not null,
        created_at timestamptz not null,
        unique (room_id, word)
      );
      create index hook_commands_hook on hook_commands (hook_id);
    `);
  },
};
