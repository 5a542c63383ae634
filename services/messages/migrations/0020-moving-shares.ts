import type { Migration } from '@parley/database';

/**
 * Moving a share of the rooms to another database while the system runs. The triggers are disabled,
 * and cost nothing, until a share of this database is moved for the first time.
 */
export const movingSharesMigration: Migration = {
  name: '0020-moving-shares',
  up: async (trx) => {
    await trx.raw(`
      -- writers hold what is submitted to a paused share
      alter table shares
        add column paused boolean not null default false,
        -- the latest move: an earlier one that is still running ends
        add column move uuid;

      -- in the home database only
      create table share_map (
        one_row boolean primary key default true check (one_row),
        version bigint not null default 0
      );
      insert into share_map default values;
      create table share_map_readers (
        process uuid primary key,
        -- of the map that the process uses
        version bigint not null,
        seen_at timestamptz not null
      );

      -- shares that are leaving this database, or have left it
      create table leaving_shares (
        share int primary key,
        move uuid not null,
        departed boolean not null default false
      );
      -- shares that are being copied to this database
      create table arriving_shares (
        share int primary key,
        move uuid not null
      );
      -- rooms of a leaving share that have changed. A change adds its own row, which becomes visible
      -- with it
      create table touched_rooms (
        id bigint generated always as identity primary key,
        share int not null,
        room_id uuid not null,
        -- one of its members has changed
        by_member boolean not null
      );
      create index touched_rooms_of_share on touched_rooms (share, id);

      -- FNV-1a, as the service computes it
      create function share_of(room uuid) returns int language plpgsql immutable strict as $$
      declare
        hash bigint := 2166136261;
      begin
        for at in 1 .. 36 loop
          hash := ((hash # ascii(substr(room::text, at, 1))) * 16777619) % 4294967296;
        end loop;
        return hash % 64;
      end $$;

      create function watch_leaving_share() returns trigger language plpgsql as $$
      declare
        room uuid;
        of_room int;
        has_departed boolean;
      begin
        if tg_table_name = 'rooms' then room := new.id; else room := new.room_id; end if;
        of_room := share_of(room);
        -- waits while the share departs, which in turn waits for transactions that hold this lock
        perform pg_advisory_xact_lock_shared(hashtext('parley.share'), of_room);
        select departed into has_departed from leaving_shares where share = of_room;
        if has_departed then
          raise exception 'share % is in another database', of_room using errcode = '25006';
        end if;
        if found then
          insert into touched_rooms (share, room_id, by_member)
            values (of_room, room, tg_table_name = 'members');
        end if;
        return new;
      end $$;

      create trigger watch_rooms before insert or update on rooms
        for each row execute function watch_leaving_share();
      -- copies of memberships, which belong to accounts, have no name
      create trigger watch_members before insert or update on members
        for each row when (new.username <> '') execute function watch_leaving_share();
      alter table rooms disable trigger watch_rooms;
      alter table members disable trigger watch_members;
    `);
  },
};
