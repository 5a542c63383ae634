import type { Migration } from '@parley/database';

/** A setting of each room: whether earlier messages are unread for new members. */
export const earlierUnreadMigration: Migration = {
  name: '0008-earlier-unread',
  up: async (trx) => {
    await trx.raw('alter table rooms add column earlier_unread boolean not null default false');
  },
};
