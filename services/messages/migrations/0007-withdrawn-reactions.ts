import type { Migration } from '@parley/database';

/**
 * The submissions of withdrawn reactions, kept for a while. The second index finds the inactive rows
 * that earlier releases kept; the service deletes them in small steps.
 */
export const withdrawnReactionsMigration: Migration = {
  name: '0007-withdrawn-reactions',
  up: async (trx) => {
    await trx.raw(`
      create table withdrawn_reactions (
        submission_id uuid primary key,
        withdrawn_at timestamptz not null
      );
      create index withdrawn_reactions_by_time on withdrawn_reactions (withdrawn_at);
      create index inactive_reactions on reactions (reacted_at) where not active;
    `);
  },
};
