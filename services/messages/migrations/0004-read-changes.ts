import type { Migration } from '@parley/database';

/**
 * A second counter per room for changes without a `seq`. Every advance of a position takes its next
 * number, so the positions that changed since a number are one index range, too.
 */
export const readChangesMigration: Migration = {
  name: '0004-read-changes',
  up: async (trx) => {
    await trx.raw(`
      alter table rooms add column read_seq bigint not null default 0;
      alter table read_positions add column changed_seq bigint not null default 0;
      update read_positions p set changed_seq = numbered.n
        from (select room_id, user_id, row_number() over (partition by room_id order by user_id) as n from read_positions) numbered
       where p.room_id = numbered.room_id and p.user_id = numbered.user_id;
      update rooms r set read_seq = top.n
        from (select room_id, max(changed_seq) as n from read_positions group by room_id) top
       where r.id = top.room_id;
      create index read_positions_by_change on read_positions (room_id, changed_seq);
    `);
  },
};
