import type { Migration } from '@parley/database';

/** Up to where each room's messages have expired, and which replica sweeps. */
export const retentionMigration: Migration = {
  name: '0006-retention',
  up: async (trx) => {
    await trx.raw(`
      -- every message up to this number is deleted
      alter table rooms add column expired_seq bigint not null default 0;

      create table retention_turn (
        one_row boolean primary key default true check (one_row),
        holder uuid,
        held_until timestamptz,
        -- when a sweep of all rooms was last completed
        swept_at timestamptz
      );
      insert into retention_turn default values;
    `);
  },
};
