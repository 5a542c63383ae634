import type { Migration } from '@parley/database';

/**
 * Whether the text of the message still mentions the user. A mention that an edit has removed
 * remains, so that adding it again notifies nobody.
 */
export const removedMentionsMigration: Migration = {
  name: '0012-removed-mentions',
  up: async (trx) => {
    await trx.schema.alterTable('mentions', (table) => {
      table.boolean('in_text').notNullable().defaultTo(true);
    });
  },
};
