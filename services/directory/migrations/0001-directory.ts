import type { Migration } from '@parley/database';

/**
 * Users, their relationships, rooms and members. Sort keys are `collate "C"`, which gives every
 * database the same order and prefix indexes.
 */
export const directoryMigration: Migration = {
  name: '0001-directory',
  up: async (trx) => {
    await trx.raw(`
      create table profiles (
        id uuid primary key,
        username text not null,
        -- sort order of the username: folded by us, because databases fold differently
        sort_key text collate "C" not null,
        name text not null,
        description text not null default '',
        resume_link text not null default '',
        job_title text not null default '',
        profile_picture text not null default '',
        theme_mode text not null default 'light',
        theme_color text not null default '',
        background_image text not null default '',
        organization_id uuid,
        -- time of the event that last set the organization; older events are ignored
        organization_told_at timestamptz not null default '-infinity',
        created_at timestamptz not null,
        updated_at timestamptz not null
      );

      -- what the search matches: username and name, whole and from each word on
      create table search_terms (
        user_id uuid not null references profiles on delete cascade,
        term text collate "C" not null,
        is_username boolean not null,
        organization_id uuid,
        primary key (user_id, term)
      );
      create index search_terms_by_organization on search_terms (organization_id, term, user_id);

      create table contacts (
        user_id uuid not null references profiles on delete cascade,
        contact_id uuid not null references profiles on delete cascade,
        created_at timestamptz not null,
        primary key (user_id, contact_id)
      );
      create index contacts_by_contact on contacts (contact_id);

      -- one row per pair of users, in either direction; an accepted request is a friendship
      create table friend_requests (
        id uuid primary key,
        from_id uuid not null references profiles on delete cascade,
        to_id uuid not null references profiles on delete cascade,
        accepted_at timestamptz,
        created_at timestamptz not null
      );
      create unique index friend_requests_by_pair
        on friend_requests (least(from_id, to_id), greatest(from_id, to_id));
      create index friend_requests_by_from on friend_requests (from_id, id);
      create index friend_requests_by_to on friend_requests (to_id, id);

      create table blocks (
        user_id uuid not null references profiles on delete cascade,
        blocked_id uuid not null references profiles on delete cascade,
        created_at timestamptz not null,
        primary key (user_id, blocked_id)
      );
      create index blocks_by_blocked on blocks (blocked_id);

      create table rooms (
        id uuid primary key,
        kind text not null check (kind in ('direct', 'group', 'channel')),
        name text,
        description text not null,
        picture text not null,
        is_private boolean not null,
        organization_id uuid,
        owner_id uuid references profiles on delete set null,
        created_by uuid references profiles on delete set null,
        -- the two members of a direct room: at most one room per pair
        pair_key text unique,
        member_count integer not null default 0,
        membership_version bigint not null default 0,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((kind = 'direct') = (pair_key is not null))
      );
      create index rooms_open on rooms (organization_id, id) where kind = 'channel' and not is_private;
      create index rooms_by_owner on rooms (owner_id);

      create table members (
        room_id uuid not null references rooms on delete cascade,
        user_id uuid not null references profiles on delete cascade,
        role text not null check (role in ('owner', 'admin', 'member')),
        can_send boolean not null default true,
        version bigint not null,
        joined_at timestamptz not null,
        primary key (room_id, user_id)
      );
      create index members_by_user on members (user_id, room_id);
      create index members_by_join on members (room_id, joined_at, user_id);

      create table invites (
        id uuid primary key,
        room_id uuid not null references rooms on delete cascade,
        token_hash bytea not null unique,
        created_by uuid references profiles on delete set null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        max_uses integer,
        uses integer not null default 0
      );
      create index invites_by_room on invites (room_id, id);
    `);
  },
};
