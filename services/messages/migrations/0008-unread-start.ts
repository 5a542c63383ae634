import type { Migration } from '@parley/database';

/** Where unread counts start for members who join later. */
export const unreadStartMigration: Migration = {
  name: '0008-unread-start',
  up: async (trx) => {
    await trx.raw(`
      -- whether earlier messages are unread for new members; null until the directory has stated it
      alter table rooms add column earlier_unread boolean;
      -- the last message before they joined
      alter table members add column unread_after bigint not null default 0;
    `);
  },
};
