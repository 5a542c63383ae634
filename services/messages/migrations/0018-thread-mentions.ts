import type { Migration } from '@parley/database';

/**
 * Mentions know the thread of their message, because mentioned users follow it. Messages that
 * mention somebody are indexed again, so that a search finds them by whom they mention.
 */
export const threadMentionsMigration: Migration = {
  name: '0018-thread-mentions',
  up: async (trx) => {
    await trx.raw(`
      alter table mentions add column root_seq bigint;
      update mentions m set root_seq = t.thread_root_seq from timeline t
       where t.room_id = m.room_id and t.seq = m.seq and t.thread_root_seq is not null;
      create index mentions_in_threads on mentions (room_id, user_id, root_seq)
        where root_seq is not null and active;

      update indexed_rooms i set indexed_seq = least(i.indexed_seq, m.first - 1)
        from (select room_id, min(seq) as first from mentions group by room_id) m
       where i.room_id = m.room_id;
    `);
  },
};
