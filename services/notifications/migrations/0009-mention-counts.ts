import type { Migration } from '@parley/database';

/** How many of the messages that a row counts mention its owner. Rows of earlier releases have 0. */
export const mentionCountsMigration: Migration = {
  name: '0009-mention-counts',
  up: async (trx) => {
    await trx.schema.alterTable('notifications', (table) => {
      table.integer('mentions').notNullable().defaultTo(0);
    });
  },
};
