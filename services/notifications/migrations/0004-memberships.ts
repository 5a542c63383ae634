import type { Migration } from '@parley/database';

/** Every row about a room belongs to a membership. Withdraws rows whose membership has ended. */
export const membershipsMigration: Migration = {
  name: '0004-memberships',
  up: async (trx) => {
    await trx.raw(`
      update notifications set room_id = (metadata->>'roomId')::uuid
       where type = 'group_invite' and deleted_at is null;
      update notifications n
         set deleted_at = now(), is_read = true, title = '', content = '', metadata = '{}'
       where n.deleted_at is null
         and (exists (select from rooms r where r.id = n.room_id and r.closed)
           or exists (select from members m
                       where m.room_id = n.room_id and m.user_id = n.user_id and not m.active));
      create index notifications_room on notifications (room_id, user_id)
        where room_id is not null and deleted_at is null;
    `);
  },
};
