import type { Migration } from '@parley/database';

/** Users' inboxes, and the read model of rooms and members. */
export const inboxMigration: Migration = {
  name: '0001-inbox',
  up: async (trx) => {
    await trx.raw(`
      create table rooms (
        id uuid primary key,
        kind text not null,
        name text,
        -- the seq of the last message that people were told of
        told_seq bigint not null default 0,
        closed boolean not null default false
      );

      create table members (
        room_id uuid not null,
        user_id uuid not null,
        -- the username in lower case: mentions are looked up by it
        mention_name text not null,
        active boolean not null,
        version bigint not null,
        primary key (room_id, user_id)
      );
      create index members_by_name on members (room_id, mention_name) where active;

      create table notifications (
        id uuid primary key,
        user_id uuid not null,
        type text not null check (type in ('message', 'friend_request', 'group_invite', 'system')),
        title text not null,
        content text not null,
        metadata jsonb not null,
        -- messages: their room, the latest one's number, how many
        room_id uuid,
        last_seq bigint,
        count integer,
        -- what it is about: the latest message, the friend request
        subject_id uuid,
        -- the event that caused it, where one event causes one row per person
        event_id uuid,
        is_read boolean not null default false,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        deleted_at timestamptz
      );
      create unique index notifications_unread_room on notifications (room_id, user_id)
        where type = 'message' and not is_read and deleted_at is null;
      create unique index notifications_event on notifications (event_id, user_id) where event_id is not null;
      create index notifications_subject on notifications (subject_id) where subject_id is not null and deleted_at is null;
      create index notifications_inbox on notifications (user_id, updated_at desc, id desc) where deleted_at is null;
      create index notifications_unread on notifications (user_id, updated_at desc, id desc) where deleted_at is null and not is_read;
    `);
  },
};
