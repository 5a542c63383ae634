import type { Queryable } from '@parley/database';
import type { Claim } from '../domain/hook.ts';

// Replicas share the deliveries. A claim belongs to one replica until it ends or its lease expires.
// Leases follow the clock of the database, which all replicas share; due times follow the caller's.

/**
 * Claims rooms that wait for a delivery, those first that wait longest.
 *
 * The first part visits only webhooks with a waiting room, whatever their number of rooms. A
 * webhook whose last attempt failed has one delivery at a time, which tries whether its receiver is
 * back. Deadlocks are impossible, because locked rows are skipped.
 * @param options.inFlight deliveries that this replica has in flight, by webhook
 * @param options.perHook deliveries of one webhook that a replica may have in flight
 * @param options.slow whether to claim rooms of slow receivers or of the others
 */
export async function claimRooms(
  db: Queryable,
  options: {
    slow: boolean;
    limit: number;
    perHook: number;
    inFlight: ReadonlyMap<string, number>;
    leaseMs: number;
    now: Date;
  },
): Promise<Claim[]> {
  const { inFlight, ...values } = options;
  const { rows } = await db.raw<{ rows: Claim[] }>(
    `with recursive waiting as (
       (select hook_id from hook_cursors where due_at is not null order by hook_id limit 1)
       union all
       select (select c.hook_id from hook_cursors c
                where c.due_at is not null and c.hook_id > w.hook_id order by c.hook_id limit 1)
         from waiting w where w.hook_id is not null
     ), due as (
       select room.*, h.owner_id
         from waiting w
         join hooks h on h.id = w.hook_id
        cross join lateral (
          select c.hook_id, c.room_id, c.due_at from hook_cursors c
           where c.hook_id = h.id and c.active and c.due_at <= :now
             and (c.lease_until is null or c.lease_until < clock_timestamp())
           order by c.due_at
           limit greatest(0, case when h.failures > 0 then 1 else :perHook end
                             - coalesce((:inFlight::jsonb ->> h.id::text)::int, 0))
           for update skip locked
        ) room
        where h.state = 'active' and h.slow = :slow and (h.retry_at is null or h.retry_at <= :now)
        order by room.due_at
        limit :limit
     )
     update hook_cursors c
        set fence = c.fence + 1,
            lease_until = clock_timestamp() + make_interval(secs => :leaseMs::float8 / 1000)
       from due
      where c.hook_id = due.hook_id and c.room_id = due.room_id
     returning c.hook_id as "hookId", due.owner_id as "ownerId", c.room_id as "roomId", c.seq,
               c.attempt_seq as "attemptSeq", c.generation, c.failures, c.wakes, c.fence`,
    { ...values, inFlight: JSON.stringify(Object.fromEntries(inFlight)) },
  );
  return rows;
}

const mine = (db: Queryable, { hookId, roomId, fence }: Claim) =>
  db('hook_cursors').where({ hook_id: hookId, room_id: roomId, fence });

/**
 * Records where an attempt ends, before it begins: should its answer get lost, the next one has the
 * same end and id. Returns false if the claim is lost.
 * @param reset it announces that an older state was restored. Until it has succeeded, the cursor is
 *   above its end, so that it is not taken for an ordinary one
 */
export async function beginAttempt(
  db: Queryable,
  claim: Claim,
  { upTo, reset }: { upTo: number; reset: boolean },
): Promise<boolean> {
  const begun = await mine(db, claim).update({
    attempt_seq: upTo,
    ...(reset && { seq: db.raw('greatest(seq, attempt_seq)') }),
  });
  return begun > 0;
}

/** Moves the cursor. The room stays due if it has more, or if changes were announced meanwhile. */
export async function endDelivered(
  db: Queryable,
  claim: Claim,
  { upTo, hasMore, reset, now }: { upTo: number; hasMore: boolean; reset: boolean; now: Date },
): Promise<boolean> {
  const moved = await mine(db, claim).update({
    seq: upTo,
    attempt_seq: null,
    failures: 0,
    lease_until: null,
    due_at: db.raw('case when :hasMore or wakes <> :wakes then :now::timestamptz end', {
      hasMore,
      wakes: claim.wakes,
      now,
    }),
    ...(reset && { generation: db.raw('generation + 1') }),
  });
  return moved > 0;
}

/** Ends a failed attempt, or one that did not begin (`failed: false`). */
export async function endUndelivered(
  db: Queryable,
  claim: Claim,
  { retryAt, failed }: { retryAt: Date; failed: boolean },
): Promise<void> {
  await mine(db, claim).update({
    lease_until: null,
    due_at: retryAt,
    ...(failed && { failures: db.raw('failures + 1') }),
  });
}

/** The owner does not belong to the room. The cursor stays. */
export async function endInactive(db: Queryable, claim: Claim): Promise<void> {
  await mine(db, claim).update({ active: false, due_at: null, lease_until: null });
}

/** Releases a claim whose cursor was set to another number meanwhile (`setCursors`). */
export async function releaseLease(db: Queryable, claim: Claim): Promise<void> {
  await db('hook_cursors')
    .where({ hook_id: claim.hookId, room_id: claim.roomId })
    .where({ fence: claim.fence + 1, generation: claim.generation + 1 })
    .update({ lease_until: null });
}

/** Webhooks and rooms that wait for a delivery, for metrics. */
export async function countWaiting(db: Queryable, now: Date): Promise<{ rooms: number; oldestMs: number }> {
  const { rows } = await db.raw<{ rows: { rooms: number; oldest: Date | null }[] }>(
    `select count(*)::int as rooms, min(c.due_at) as oldest
       from hook_cursors c join hooks h on h.id = c.hook_id and h.state = 'active'
      where c.due_at is not null and c.due_at <= :now and c.active`,
    { now },
  );
  const [row] = rows;
  return { rooms: row?.rooms ?? 0, oldestMs: row?.oldest ? now.getTime() - row.oldest.getTime() : 0 };
}
