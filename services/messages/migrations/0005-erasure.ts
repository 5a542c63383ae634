import type { Migration } from '@parley/database';

/** Erasure also finds the rooms that a user has left. */
export const erasureMigration: Migration = {
  name: '0005-erasure',
  up: async (trx) => {
    await trx.raw(`
      drop index members_by_user;
      create index members_by_user on members (user_id, room_id);
    `);
  },
};
