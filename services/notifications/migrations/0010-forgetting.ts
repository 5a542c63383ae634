import type { Migration } from '@parley/database';

/**
 * Deleted rows, former members and the members of deleted rooms are forgotten. A room stores the highest version of
 * a membership that it has forgotten, because an older event that arrives later must not admit that
 * user again.
 *
 * Rooms are updated with every batch of messages; free space on their page lets such an update
 * write no index (HOT). Rows of inboxes are indexed by their time, so theirs cannot be HOT: they are
 * vacuumed early.
 */
export const forgettingMigration: Migration = {
  name: '0010-forgetting',
  up: async (trx) => {
    await trx.raw(`
      alter table rooms
        add column forgotten boolean not null default false,
        add column forgotten_version bigint not null default 0;
      create index if not exists rooms_closed on rooms (id) where closed and not forgotten;
      alter table members add column if not exists changed_at timestamptz not null default now();
      create index if not exists members_former on members (changed_at) where not active;
      create index if not exists notifications_deleted on notifications (deleted_at)
        where deleted_at is not null;
      alter table rooms set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
      alter table notifications set (
        autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05
      );
      -- short-lived rows
      alter table counted_messages set (
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000
      );
      alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
    `);
  },
};
