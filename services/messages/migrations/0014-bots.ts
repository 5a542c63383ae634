import type { Migration } from '@parley/database';

/** Messages know whether a bot has written them. Null takes no space. */
export const botsMigration: Migration = {
  name: '0014-bots',
  up: async (trx) => {
    await trx.raw('alter table timeline add column is_bot boolean');
  },
};
