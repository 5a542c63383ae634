import type { Migration } from '@parley/database';

/** As many as those of `timeline`: a room's terms are in one partition. */
const tablePartitions = 8;

/**
 * The search index and up to where each room is in it. Both start empty; the service indexes the
 * existing rooms in the background.
 *
 * Progress is not a column of `rooms`, because the writers lock those rows, and no batch should
 * wait for the indexer. The time is part of the key, so the newest messages of a room are one range
 * of it. It never changes.
 */
export const searchMigration: Migration = {
  name: '0012-search',
  up: async (trx) => {
    await trx.raw(`
      create table indexed_rooms (
        room_id uuid primary key,
        -- the index contains the changes of the room's timeline up to this number
        indexed_seq bigint not null
      ) with (fillfactor = 70);

      create table message_terms (
        room_id uuid not null,
        created_at timestamptz not null,
        seq bigint not null,
        terms tsvector not null,
        primary key (room_id, created_at, seq)
      ) partition by hash (room_id);
    `);
    for (let part = 0; part < tablePartitions; part++)
      // Many entries are sorted into the index together, which is cheaper. Every search reads those
      // that are not, at most 2 MB of each partition.
      await trx.raw(`
        create table message_terms_${part} partition of message_terms
          for values with (modulus ${tablePartitions}, remainder ${part});
        create index message_terms_${part}_by_term on message_terms_${part}
          using gin (terms) with (gin_pending_list_limit = 2048);
      `);
  },
};
