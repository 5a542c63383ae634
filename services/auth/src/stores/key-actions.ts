import type { Queryable } from '@parley/database';

/** An entry of what a key did. See `keyAction` of the contracts. */
export interface KeyAction {
  id: string;
  keyId: string;
  userId: string | null;
  action: string;
  roomId: string | null;
  requestId: string;
  time: Date;
}

interface ActionRow {
  id: string;
  key_id: string;
  user_id: string | null;
  action: string;
  room_id: string | null;
  request_id: string;
  time: Date;
}

/** Entries that are stored already stay unchanged. */
export async function insertKeyActions(db: Queryable, actions: readonly KeyAction[]): Promise<void> {
  if (actions.length === 0) return;
  await db('key_actions')
    .insert(
      actions.map((action) => ({
        id: action.id,
        key_id: action.keyId,
        user_id: action.userId,
        action: action.action,
        room_id: action.roomId,
        request_id: action.requestId,
        time: action.time,
      })),
    )
    .onConflict('id')
    .ignore();
}

/** Latest first: ids are UUIDv7. */
export async function findKeyActions(
  db: Queryable,
  keyId: string,
  page: { limit: number; before?: string | undefined },
): Promise<KeyAction[]> {
  const rows: ActionRow[] = await db('key_actions')
    .where('key_id', keyId)
    .modify((query) => page.before !== undefined && query.where('id', '<', page.before))
    .orderBy('id', 'desc')
    .limit(page.limit);
  return rows.map((row) => ({
    id: row.id,
    keyId: row.key_id,
    userId: row.user_id,
    action: row.action,
    roomId: row.room_id,
    requestId: row.request_id,
    time: row.time,
  }));
}

/** Deletes at most `limit` entries. */
export async function deleteOldKeyActions(db: Queryable, before: Date, limit: number): Promise<void> {
  await db.raw(
    `delete from key_actions where id in (
       select id from key_actions where time < :before limit :limit for update skip locked)`,
    { before, limit },
  );
}
