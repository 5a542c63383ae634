import type { Migration } from '@parley/database';

/** Of `timeline`: 0001. */
const tablePartitions = 8;

/**
 * Messages without a client's key store none; their id is unique. The unique index of keys contains
 * only rows that have one. An index that PostgreSQL deduplicates finds an author's other messages.
 * It is partial, so that no plan prefers it to look for a key.
 *
 * The release before writes and finds its keys as ever: `client_key = …` implies `is not null`.
 */
export const compactTimelineMigration: Migration = {
  name: '0010-compact-timeline',
  up: async (trx) => {
    // Each room is in one table partition, so an index per partition is unique for all.
    for (let part = 0; part < tablePartitions; part++)
      await trx.raw(`
        create unique index if not exists timeline_${part}_by_id on timeline_${part} (id);
        create unique index if not exists timeline_${part}_by_key
          on timeline_${part} (room_id, sender_id, client_key) where client_key is not null;
        create index if not exists timeline_${part}_by_sender
          on timeline_${part} (room_id, sender_id) where client_key is null;
      `);
    await trx.raw(`
      drop index timeline_by_id;
      alter table timeline
        drop constraint timeline_room_id_sender_id_client_key_key,
        alter column client_key drop not null;
    `);
  },
};
