import type { Migration } from '@parley/database';

/**
 * Rows that nobody needs any longer are deleted after a while: former members, and those of closed
 * rooms. A room stores the highest version of a membership that it has forgotten, because an older
 * event that arrives later must not admit that user again.
 *
 * Rows that are updated with every batch get free space on their page, so that an update writes no
 * index (HOT), or are vacuumed early. `changed_seq` of a position is indexed, so it cannot be HOT.
 */
export const forgettingMigration: Migration = {
  name: '0011-forgetting',
  up: async (trx) => {
    await trx.raw(`
      alter table rooms
        add column forgotten boolean not null default false,
        add column forgotten_version bigint not null default 0;
      -- 'infinity': never forgotten
      alter table members add column if not exists changed_at timestamptz not null default now();
      create index if not exists members_former on members (changed_at) where not active;
      create index if not exists rooms_closed on rooms (closed_at) where closed_at is not null and not forgotten;
      -- pages that are full get free space when they are vacuumed, or at once by vacuum full
      alter table rooms set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
      alter table read_positions set (
        autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05
      );
    `);
  },
};
