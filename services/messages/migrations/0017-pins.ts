import type { Migration } from '@parley/database';

/** Pinned messages; each room has a few. */
export const pinsMigration: Migration = {
  name: '0017-pins',
  up: async (trx) => {
    await trx.raw(`
      alter table timeline add column pinned_at timestamptz, add column pinned_by uuid;
      create index timeline_pinned on timeline (room_id, seq) where pinned_at is not null;
    `);
  },
};
