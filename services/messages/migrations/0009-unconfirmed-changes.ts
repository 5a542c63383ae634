import type { Migration } from '@parley/database';

/**
 * The changes that `timeline` has not confirmed. A row is written with the changes and lives for
 * about a second, so the table is vacuumed by its number of dead rows.
 */
export const unconfirmedChangesMigration: Migration = {
  name: '0009-unconfirmed-changes',
  up: async (trx) => {
    await trx.raw(`
      create table unconfirmed_changes (
        batch uuid not null,
        -- the process that wrote the batch
        writer uuid not null,
        -- of timeline
        partition int not null,
        -- finds the rows committed since a snapshot, however many dead ones there are
        xid xid8 not null default pg_current_xact_id(),
        noted_at timestamptz not null default now(),
        -- numbers of the rooms' timelines, or of their receipts
        kind text not null check (kind in ('timeline', 'receipts')),
        rooms uuid[] not null,
        firsts bigint[] not null,
        lasts bigint[] not null
      ) with (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        -- returning empty pages would lock the table, on which every batch waits
        vacuum_truncate = false
      );
      create index unconfirmed_changes_by_batch on unconfirmed_changes (batch);
      create index unconfirmed_changes_by_partition on unconfirmed_changes (partition, xid);
    `);
  },
};
