import type { Migration } from '@parley/database';

/** Null for accounts and sessions of an earlier release, which did not record the contract. */
export const clientContractsMigration: Migration = {
  name: '0003-client-contracts',
  up: async (trx) => {
    await trx.raw(`
      alter table users add column contract text;
      alter table sessions add column contract text;
    `);
  },
};
