import type { Migration } from '@parley/database';

/**
 * An ended session outlives its erased user, because verifiers need it until its last token
 * expires.
 */
export const erasureMigration: Migration = {
  name: '0002-erasure',
  up: async (trx) => {
    await trx.raw('alter table sessions drop constraint sessions_user_id_fkey');
  },
};
