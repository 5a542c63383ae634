import type { Migration } from '@parley/database';

/** Whether a bot has written a counted message. */
export const botsMigration: Migration = {
  name: '0014-bots',
  up: async (trx) => {
    // Null: a person, or stored by an earlier release.
    await trx.raw('alter table counted_messages add column sender_is_bot boolean');
  },
};
