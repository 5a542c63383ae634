import type { Migration } from '@parley/database';

/** How much users have spent of the limits that all replicas share. */
export const budgetsMigration: Migration = {
  name: '0007-budgets',
  up: async (trx) => {
    await trx.raw(`
      create table budgets (
        user_id uuid not null references profiles on delete cascade,
        -- the name of the setting that limits it
        setting text not null,
        used integer not null,
        -- from then on, nothing is used
        resets_at timestamptz not null,
        primary key (user_id, setting)
      )
    `);
  },
};
