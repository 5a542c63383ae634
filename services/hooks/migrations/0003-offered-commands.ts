import type { Migration } from '@parley/database';

/** Messages whose command was offered to its webhook, by one of the replicas. */
export const offeredCommandsMigration: Migration = {
  name: '0003-offered-commands',
  up: async (trx) => {
    await trx.raw(`
      create table offered_commands (
        message_id uuid primary key,
        offered_at timestamptz not null
      );
      create index offered_commands_at on offered_commands (offered_at);
    `);
  },
};
