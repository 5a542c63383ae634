import type { Migration } from '@parley/database';

/** A session that has ended outlives its user: verifiers have to know of it until its last token has expired. */
export const erasureMigration: Migration = {
  name: '0002-erasure',
  up: async (trx) => {
    await trx.raw('alter table sessions drop constraint sessions_user_id_fkey');
  },
};
