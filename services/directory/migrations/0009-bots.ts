import type { Migration } from '@parley/database';

/** Marks profiles of programs. */
export const botsMigration: Migration = {
  name: '0009-bots',
  up: async (trx) => {
    await trx.raw('alter table profiles add column is_bot boolean not null default false');
  },
};
