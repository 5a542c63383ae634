import type { Migration } from '@parley/database';

/** The number of the message that a row shows: an edit may mention somebody in an earlier one. */
export const shownMessagesMigration: Migration = {
  name: '0006-shown-messages',
  up: async (trx) => {
    await trx.raw(`
      alter table notifications add column shown_seq bigint;
      update notifications n set shown_seq = c.seq
        from counted_messages c
       where n.type = 'message' and n.deleted_at is null
         and c.room_id = n.room_id and c.id = n.subject_id and c.seq <> n.last_seq;
    `);
  },
};
