import type { Migration } from '@parley/database';

/**
 * Rows that changed in a transaction and have not been published to their users' connections. One
 * hint per transaction, deleted within milliseconds, so the table is vacuumed by its number of dead
 * rows. It takes the place of the outbox, which processes of the release before still use.
 */
export const hintsMigration: Migration = {
  name: '0011-hints',
  up: async (trx) => {
    await trx.raw(`
      create table hints (
        id uuid primary key,
        -- [{ userId, id, kind }]: the rows of inboxes
        rows jsonb not null,
        -- when it was stored, or taken over from a process that has not published it
        held_at timestamptz not null default now()
      ) with (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        -- returning empty pages would lock the table
        vacuum_truncate = false
      );
    `);
  },
};
