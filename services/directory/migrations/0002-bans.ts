import type { Migration } from '@parley/database';

/** Users banned from rooms. */
export const bansMigration: Migration = {
  name: '0002-bans',
  up: async (trx) => {
    await trx.raw(`
      create table bans (
        room_id uuid not null references rooms on delete cascade,
        user_id uuid not null references profiles on delete cascade,
        reason text not null,
        banned_by uuid references profiles on delete set null,
        created_at timestamptz not null,
        primary key (room_id, user_id)
      );
      create index bans_by_time on bans (room_id, created_at, user_id);
    `);
  },
};
