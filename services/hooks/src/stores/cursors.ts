import type { Queryable } from '@parley/database';

// One cursor for each room of a webhook, as owners and events see them. `claims.ts` moves them.

export interface Cursor {
  roomId: string;
  seq: number;
  active: boolean;
  failures: number;
  dueAt: Date | null;
}

interface CursorRow {
  room_id: string;
  seq: number;
  active: boolean;
  failures: number;
  due_at: Date | null;
}

/** Ids of the rooms of each of these webhooks. */
export async function roomsOf(db: Queryable, hookIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows: { hook_id: string; room_id: string }[] = await db('hook_cursors')
    .whereRaw('hook_id = any(:hookIds)', { hookIds })
    .orderBy('room_id')
    .select('hook_id', 'room_id');
  const rooms = new Map<string, string[]>(hookIds.map((id) => [id, []]));
  for (const row of rows) rooms.get(row.hook_id)?.push(row.room_id);
  return rooms;
}

/** Rooms whose cursors move. */
export async function activeRoomsOf(db: Queryable, hookId: string): Promise<Set<string>> {
  const rows: { room_id: string }[] = await db('hook_cursors')
    .where({ hook_id: hookId, active: true })
    .select('room_id');
  return new Set(rows.map((row) => row.room_id));
}

/** By room id, after `after`. */
export async function pageCursors(
  db: Queryable,
  hookId: string,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Cursor[]> {
  const rows: CursorRow[] = await db('hook_cursors')
    .where({ hook_id: hookId })
    .modify((query) => (after ? void query.where('room_id', '>', after) : undefined))
    .orderBy('room_id')
    .limit(limit)
    .select('room_id', 'seq', 'active', 'failures', 'due_at');
  return rows.map(({ room_id: roomId, due_at: dueAt, ...cursor }) => ({ roomId, dueAt, ...cursor }));
}

/** Existing cursors stay where they are, and become active again. */
export async function addCursors(
  db: Queryable,
  hookId: string,
  cursors: readonly { roomId: string; seq: number }[],
  now: Date,
): Promise<void> {
  if (cursors.length === 0) return;
  await db.raw(
    `insert into hook_cursors (hook_id, room_id, seq, due_at, checked_at)
     select :hookId::uuid, room_id, seq, :now::timestamptz, :now::timestamptz
       from jsonb_to_recordset(:cursors::jsonb) as c (room_id uuid, seq bigint)
      order by room_id
     on conflict (hook_id, room_id) do update set active = true, due_at = excluded.due_at
      where not hook_cursors.active`,
    {
      hookId,
      now,
      cursors: JSON.stringify(cursors.map(({ roomId, seq }) => ({ room_id: roomId, seq }))),
    },
  );
}

/** Deletes the cursors of a webhook in all rooms but these. */
export async function keepCursors(db: Queryable, hookId: string, roomIds: readonly string[]): Promise<void> {
  await db('hook_cursors')
    .where({ hook_id: hookId })
    .whereRaw('room_id <> all(:roomIds)', { roomIds })
    .delete();
}

/**
 * Sets cursors to other numbers. An attempt that is in flight moves them no more. Returns the rooms
 * that the webhook has.
 */
export async function setCursors(
  db: Queryable,
  hookId: string,
  cursors: readonly { roomId: string; seq: number }[],
): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: { room_id: string }[] }>(
    `update hook_cursors c
        set seq = wanted.seq, attempt_seq = null, generation = c.generation + 1, fence = c.fence + 1
       from jsonb_to_recordset(:cursors::jsonb) as wanted (room_id uuid, seq bigint)
      where c.hook_id = :hookId and c.room_id = wanted.room_id
     returning c.room_id`,
    { hookId, cursors: JSON.stringify(cursors.map(({ roomId, seq }) => ({ room_id: roomId, seq }))) },
  );
  return new Set(rows.map((row) => row.room_id));
}

/** Makes every room of a webhook due at once. */
export async function makeDue(db: Queryable, hookId: string, now: Date): Promise<void> {
  await db('hook_cursors')
    .where({ hook_id: hookId })
    .update({ due_at: now, failures: 0, active: true, wakes: db.raw('wakes + 1') });
}

/** The receiver is back: rooms whose attempts failed meanwhile wait no longer. */
export async function retryNow(db: Queryable, hookId: string, now: Date): Promise<void> {
  await db('hook_cursors')
    .where({ hook_id: hookId })
    .where('due_at', '>', now)
    .where('failures', '>', 0)
    .update({ due_at: now });
}

/** Rooms have changed. Those that wait for an attempt keep waiting. Returns their number. */
export async function wakeRooms(db: Queryable, roomIds: readonly string[], now: Date): Promise<number> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `update hook_cursors c set wakes = c.wakes + 1, due_at = coalesce(c.due_at, :now)
       from (select hook_id, room_id from hook_cursors
              where room_id = any(:roomIds) and active order by hook_id, room_id for update) woken
      where c.hook_id = woken.hook_id and c.room_id = woken.room_id
     returning 1`,
    { roomIds, now },
  );
  return rows.length;
}

/** Owners have joined rooms again. Their webhooks continue where they stopped. */
export async function reviveCursors(
  db: Queryable,
  memberships: readonly { roomId: string; userId: string }[],
  now: Date,
): Promise<void> {
  await db.raw(
    `update hook_cursors c set active = true, due_at = :now
       from hooks h, unnest(:rooms::uuid[], :users::uuid[]) as joined (room_id, user_id)
      where h.id = c.hook_id and h.owner_id = joined.user_id and c.room_id = joined.room_id and not c.active`,
    { now, rooms: memberships.map(({ roomId }) => roomId), users: memberships.map(({ userId }) => userId) },
  );
}

export interface Unchecked {
  hookId: string;
  roomId: string;
  seq: number;
  active: boolean;
}

/**
 * Cursors of active webhooks that nobody has compared with their rooms since `before`, or since
 * `inactiveBefore` where the owner does not belong to the room. At most `limit`; they count as
 * compared.
 */
export async function takeUncheckedCursors(
  db: Queryable,
  { before, inactiveBefore, now, limit }: { before: Date; inactiveBefore: Date; now: Date; limit: number },
): Promise<Unchecked[]> {
  const { rows } = await db.raw<{ rows: Unchecked[] }>(
    `update hook_cursors c set checked_at = :now
       from (select c.hook_id, c.room_id from hook_cursors c
               join hooks h on h.id = c.hook_id and h.state = 'active'
              where c.checked_at < :before and c.due_at is null
                and (c.active or c.checked_at < :inactiveBefore)
              order by c.checked_at limit :limit for update of c skip locked) due
      where c.hook_id = due.hook_id and c.room_id = due.room_id
     returning c.hook_id as "hookId", c.room_id as "roomId", c.seq, c.active`,
    { before, inactiveBefore, now, limit },
  );
  return rows;
}

/** The comparison has shown that these wait for a delivery. */
export async function wakeCursors(
  db: Queryable,
  cursors: readonly { hookId: string; roomId: string }[],
  now: Date,
): Promise<void> {
  await db.raw(
    `update hook_cursors c set wakes = c.wakes + 1, active = true, due_at = coalesce(c.due_at, :now)
       from unnest(:hooks::uuid[], :rooms::uuid[]) as behind (hook_id, room_id)
      where c.hook_id = behind.hook_id and c.room_id = behind.room_id`,
    { now, hooks: cursors.map(({ hookId }) => hookId), rooms: cursors.map(({ roomId }) => roomId) },
  );
}
