import type { Migration } from '@parley/database';

/** When members joined an existing room, because earlier messages are not unread for them. */
export const joinTimesMigration: Migration = {
  name: '0008-join-times',
  up: async (trx) => {
    await trx.schema.alterTable('members', (table) => {
      table.timestamp('joined_at');
    });
  },
};
