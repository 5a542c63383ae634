import type { Migration } from '@parley/database';

/**
 * The account of each user: a numbered stream of changes of their own settings, kept as the current
 * state of each subject. A removed subject stays as a row without data until it is forgotten.
 */
export const accountMigration: Migration = {
  name: '0015-account',
  up: async (trx) => {
    await trx.raw(`
      create table accounts (
        user_id uuid primary key,
        -- the number of the last change
        seq bigint not null default 0,
        -- removals up to this number may be forgotten: clients with an older cursor start again
        forgotten_seq bigint not null default 0,
        erased boolean not null default false
      );

      create table account_items (
        user_id uuid not null,
        kind text not null,
        subject_id uuid not null,
        seq bigint not null,
        -- the room that it belongs to: it ends with this membership
        room_id uuid,
        member_version bigint,
        -- null: removed
        data jsonb,
        changed_at timestamptz not null,
        primary key (user_id, kind, subject_id)
      );
      create unique index account_items_by_seq on account_items (user_id, seq);
      create index account_items_of_room on account_items (room_id, user_id)
        where room_id is not null and data is not null;
      create index account_items_removed on account_items (changed_at) where data is null;
    `);
  },
};
