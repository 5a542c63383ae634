import type { Migration } from '@parley/database';

/** Since when somebody is a member: earlier messages were not for them, so they hold back no message's status. */
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
