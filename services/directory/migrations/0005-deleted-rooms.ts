import type { Migration } from '@parley/database';

/** Ids of deleted rooms, which other services keep closed. No room is created under them again. */
export const deletedRoomsMigration: Migration = {
  name: '0005-deleted-rooms',
  up: async (trx) => {
    await trx.raw('create table deleted_rooms (id uuid primary key)');
  },
};
