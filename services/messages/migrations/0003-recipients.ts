import type { Migration } from '@parley/database';

/**
 * The `seq` of each member's join. Earlier messages were not for them, so they do not affect their
 * status.
 */
export const recipientsMigration: Migration = {
  name: '0003-recipients',
  up: async (trx) => {
    await trx.raw(`
      alter table members add column joined_seq bigint not null default 0;
      update members m set joined_seq = j.seq
        from (select room_id, sender_id, max(seq) as seq from timeline where kind = 'joined' group by room_id, sender_id) j
       where j.room_id = m.room_id and j.sender_id = m.user_id;
    `);
  },
};
