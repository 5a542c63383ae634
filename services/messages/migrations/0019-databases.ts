import type { Migration } from '@parley/database';

/** Which of several databases holds which share of the rooms. */
export const databasesMigration: Migration = {
  name: '0019-databases',
  up: async (trx) => {
    await trx.raw(`
      -- identifies this database, whatever its address is
      create table this_database (
        one_row boolean primary key default true check (one_row),
        id uuid not null default gen_random_uuid()
      );
      insert into this_database default values;

      -- in the home database only; a share without a row is there as well
      create table shares (
        share int primary key,
        database uuid not null
      );
    `);
  },
};
