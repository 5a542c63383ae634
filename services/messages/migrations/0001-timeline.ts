import type { Migration } from '@parley/database';

const partitions = 8;

/** The read model of rooms and members, and the timelines. */
export const timelineMigration: Migration = {
  name: '0001-timeline',
  up: async (trx) => {
    await trx.raw(`
      create table rooms (
        id uuid primary key,
        kind text not null,
        name text,
        is_private boolean not null,
        organization_id uuid,
        -- the last number given out in its timeline
        seq bigint not null default 0,
        closed_at timestamptz
      );

      create table members (
        room_id uuid not null,
        user_id uuid not null,
        username text not null,
        role text not null,
        can_send boolean not null,
        active boolean not null,
        version bigint not null,
        primary key (room_id, user_id)
      );
      create index members_by_user on members (user_id, room_id) where active;

      create table timeline (
        room_id uuid not null,
        seq bigint not null,
        changed_seq bigint not null,
        id uuid not null,
        kind text not null check (kind in ('message', 'joined', 'left')),
        sender_id uuid not null,
        sender_name text not null,
        -- the client's key, or the row's own id: what makes a repeated submission the same row
        client_key text not null,
        -- of what was first sent under the client's key, to tell a repetition from a conflict
        fingerprint uuid,
        content text not null default '',
        reply_to uuid,
        is_encrypted boolean not null default false,
        reactions jsonb,
        reason text,
        created_at timestamptz not null,
        edited_at timestamptz,
        deleted_at timestamptz,
        primary key (room_id, seq),
        unique (room_id, sender_id, client_key)
      ) partition by hash (room_id);

      create table reactions (
        room_id uuid not null,
        message_id uuid not null,
        user_id uuid not null,
        reaction text not null,
        active boolean not null,
        -- the submission that set it: delivered again, it changes nothing
        submission_id uuid not null,
        reacted_at timestamptz not null,
        primary key (room_id, message_id, user_id, reaction)
      );

      create table read_positions (
        room_id uuid not null,
        user_id uuid not null,
        seq bigint not null,
        read_at timestamptz not null,
        primary key (room_id, user_id)
      );
    `);
    for (let part = 0; part < partitions; part++) {
      await trx.raw(
        `create table timeline_${part} partition of timeline for values with (modulus ${partitions}, remainder ${part})`,
      );
    }
    await trx.raw('create index timeline_by_change on timeline (room_id, changed_seq)');
    await trx.raw('create index timeline_by_id on timeline (id)');
  },
};
