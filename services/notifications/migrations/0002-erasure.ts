import type { Migration } from '@parley/database';

/** Deleted rows keep no text, former members no names. Invitations can be found by their sender. */
export const erasureMigration: Migration = {
  name: '0002-erasure',
  up: async (trx) => {
    await trx.raw(`
      update notifications set title = '', content = '', metadata = '{}' where deleted_at is not null;
      update members set mention_name = '' where not active;
      create index notifications_by_sender on notifications ((metadata->>'senderId')) where type <> 'message' and deleted_at is null;
    `);
  },
};
