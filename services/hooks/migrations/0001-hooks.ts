import type { Migration } from '@parley/database';

/** Webhooks, their cursors and their last attempts. */
export const hooksMigration: Migration = {
  name: '0001-hooks',
  up: async (trx) => {
    await trx.raw(`
      create table hooks (
        id uuid primary key,
        owner_id uuid not null,
        -- null: the webhook names its rooms
        organization_id uuid,
        url text not null,
        description text not null,
        events text[] not null,
        secret text not null,
        old_secret text,
        old_secret_until timestamptz,
        state text not null default 'active' check (state in ('active', 'paused', 'ended')),
        state_reason text,
        -- of the receiver: attempts since its last success in any room, and when the next may begin
        failures integer not null default 0,
        failing_since timestamptz,
        retry_at timestamptz,
        -- its last answer took long or did not come
        slow boolean not null default false,
        -- the owner had the right to it then; in an organization, the rooms that the owner had joined
        -- have cursors
        checked_at timestamptz not null,
        check_now boolean not null default false,
        created_at timestamptz not null
      );
      create index hooks_owner on hooks (owner_id);
      create index hooks_checked on hooks (checked_at);

      create table hook_cursors (
        hook_id uuid not null references hooks on delete cascade,
        room_id uuid not null,
        -- everything up to here is delivered
        seq bigint not null,
        -- an attempt has ended here; until it succeeds, it is repeated with the same end and id
        attempt_seq bigint,
        -- how often the cursor was set back: part of the ids, so that they stay unique
        generation integer not null default 0,
        -- false: the owner does not belong to the room
        active boolean not null default true,
        -- when to deliver; null: nothing is known to wait
        due_at timestamptz,
        -- changes of the room that were announced: tells a delivery that more have come
        wakes bigint not null default 0,
        failures integer not null default 0,
        -- the claim of a replica; only its holder, with this number, may move the cursor
        lease_until timestamptz,
        fence bigint not null default 0,
        checked_at timestamptz not null,
        primary key (hook_id, room_id)
      );
      create index hook_cursors_room on hook_cursors (room_id);
      create index hook_cursors_due on hook_cursors (hook_id, due_at) where due_at is not null;
      create index hook_cursors_checked on hook_cursors (checked_at);

      create table hook_deliveries (
        id bigint generated always as identity primary key,
        hook_id uuid not null references hooks on delete cascade,
        room_id uuid not null,
        webhook_id text not null,
        changes integer not null,
        attempt integer not null,
        status integer,
        problem text,
        duration_ms integer not null,
        at timestamptz not null
      );
      create index hook_deliveries_hook on hook_deliveries (hook_id, id);
    `);
  },
};
