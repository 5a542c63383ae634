import type { Migration } from '@parley/database';

/**
 * The skeletons of names, so that nobody registers an imitation. Older releases leave it empty; see
 * `fillSkeletons`.
 */
export const skeletonsMigration: Migration = {
  name: '0005-skeletons',
  up: async (trx) => {
    for (const table of ['users', 'organizations']) {
      await trx.raw(`
        alter table ${table} add column skeletons text[] not null default '{}';
        create index ${table}_by_skeleton on ${table} using gin (skeletons);
        create index ${table}_without_skeleton on ${table} (id) where skeletons = '{}';
      `);
    }
  },
};
