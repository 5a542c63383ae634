import type { Migration } from '@parley/database';

/** Of `timeline`: 0001. */
const tablePartitions = 8;

/**
 * Replies in threads, and members' positions in threads. The columns of a message that is in no
 * thread are null and take no space, and the indexes do not contain it.
 */
export const threadsMigration: Migration = {
  name: '0013-threads',
  up: async (trx) => {
    await trx.raw(`
      alter table timeline
        -- of a reply in a thread: the message that begins it
        add column if not exists thread_root_seq bigint,
        -- a reply in a thread that is also a message of the room, else null
        add column if not exists also_in_room boolean;

      -- up to where all threads are read; null: as far as the room
      alter table read_positions add column threads_seq bigint;

      create table thread_positions (
        room_id uuid not null,
        user_id uuid not null,
        root_seq bigint not null,
        seq bigint not null default 0,
        -- up to where all threads were read when this position was set; only a later one applies
        threads_seq bigint not null default 0,
        -- what the user has decided; null: whoever writes in a thread follows it
        following boolean,
        -- the room's read_seq when it last changed
        changed_seq bigint not null,
        primary key (room_id, user_id, root_seq)
      );
      create index thread_positions_by_change on thread_positions (room_id, user_id, changed_seq);
    `);
    for (let part = 0; part < tablePartitions; part++)
      await trx.raw(`
        create index if not exists timeline_${part}_by_thread on timeline_${part}
          (room_id, thread_root_seq, seq) where thread_root_seq is not null;
        create index if not exists timeline_${part}_replies on timeline_${part}
          (room_id, seq) where thread_root_seq is not null;
        create index if not exists timeline_${part}_repliers on timeline_${part}
          (room_id, sender_id, thread_root_seq) where thread_root_seq is not null;
      `);
  },
};
