import type { Migration } from '@parley/database';

/**
 * An erased user keeps an empty row, because direct rooms still reference it and late events must
 * not recreate the user.
 */
export const erasureMigration: Migration = {
  name: '0003-erasure',
  up: async (trx) => {
    await trx.raw('alter table profiles add column erased_at timestamptz');
  },
};
