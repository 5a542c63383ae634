import type { Migration } from '@parley/database';

/** Read model of what users have set for their rooms and for notifications. */
export const settingsMigration: Migration = {
  name: '0013-settings',
  up: async (trx) => {
    await trx.raw(`
      create table room_settings (
        room_id uuid not null,
        user_id uuid not null,
        -- the number of the change in the user's account: the higher one wins
        seq bigint not null,
        level text not null,
        muted_until timestamptz,
        room_mentions boolean not null,
        -- null: they apply; when they have ended, until they are forgotten
        ended_at timestamptz,
        primary key (room_id, user_id)
      );
      create index room_settings_of_user on room_settings (user_id);
      create index room_settings_all on room_settings (room_id) where level = 'all';
      create index room_settings_ended on room_settings (ended_at) where ended_at is not null;

      create table user_settings (
        user_id uuid primary key,
        seq bigint not null,
        level text not null,
        quiet_hours jsonb,
        preview boolean not null
      );
    `);
  },
};
