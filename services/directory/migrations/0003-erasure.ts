import type { Migration } from '@parley/database';

/** Who was erased keeps a row without anything of theirs: others' direct rooms still need somebody to be with, and nobody comes back by late news. */
export const erasureMigration: Migration = {
  name: '0003-erasure',
  up: async (trx) => {
    await trx.raw('alter table profiles add column erased_at timestamptz');
  },
};
