// Read model of the settings that users change at the messages service.

import type { AccountChange, NotificationSettings } from '@parley/contracts';
import type { Queryable, Transaction } from '@parley/database';
import type { RoomLevel } from '../domain/settings.ts';

type Of<Kind extends AccountChange['kind']> = { userId: string } & Extract<AccountChange, { kind: Kind }>;

/** The higher number wins. Settings that have ended stay, so that a late change revives none. */
export async function saveRoomSettings(
  db: Queryable,
  all: readonly Of<'room_settings'>[],
  now: Date,
): Promise<void> {
  const values = all.map(({ userId, roomId, seq, settings }) => ({
    ...{ userId, roomId, seq, endedAt: settings ? null : now },
    ...{ level: settings?.level ?? 'default', mutedUntil: settings?.mutedUntil ?? null },
    roomMentions: settings?.roomMentions ?? true,
  }));
  await db.raw(
    `insert into room_settings as known
            (room_id, user_id, seq, level, muted_until, room_mentions, ended_at)
     select distinct on ("roomId", "userId")
            "roomId", "userId", seq, level, "mutedUntil", "roomMentions", "endedAt"
       from jsonb_to_recordset(:values::jsonb) as v (
              "roomId" uuid, "userId" uuid, seq bigint, level text, "mutedUntil" timestamptz,
              "roomMentions" boolean, "endedAt" timestamptz)
      order by "roomId", "userId", seq desc
     on conflict (room_id, user_id) do update
        set seq = excluded.seq, level = excluded.level, muted_until = excluded.muted_until,
            room_mentions = excluded.room_mentions, ended_at = excluded.ended_at
      where known.seq < excluded.seq`,
    { values: JSON.stringify(values) },
  );
}

/** The higher number wins. */
export async function saveUserSettings(
  db: Queryable,
  all: readonly Of<'notification_settings'>[],
): Promise<void> {
  const values = all.map(({ userId, seq, settings }) => ({ userId, seq, ...settings }));
  await db.raw(
    `insert into user_settings as known (user_id, seq, level, quiet_hours, preview)
     select distinct on ("userId") "userId", seq, level, nullif("quietHours", 'null'::jsonb), preview
       from jsonb_to_recordset(:values::jsonb) as v (
              "userId" uuid, seq bigint, level text, "quietHours" jsonb, preview boolean)
      order by "userId", seq desc
     on conflict (user_id) do update
        set seq = excluded.seq, level = excluded.level, quiet_hours = excluded.quiet_hours,
            preview = excluded.preview
      where known.seq < excluded.seq`,
    { values: JSON.stringify(values) },
  );
}

/** The settings of these users for these rooms, by room and user. */
export async function findRoomLevels(
  db: Queryable,
  asked: { roomIds: readonly string[]; userIds: readonly string[] },
): Promise<Map<string, RoomLevel>> {
  const rows: {
    room_id: string;
    user_id: string;
    level: RoomLevel['level'];
    muted_until: Date | null;
    room_mentions: boolean;
  }[] = await db('room_settings')
    .whereRaw('room_id = any(:roomIds) and user_id = any(:userIds)', asked)
    .select('room_id', 'user_id', 'level', 'muted_until', 'room_mentions');
  return new Map(
    rows.map(({ room_id, user_id, level, muted_until: until, room_mentions: roomMentions }) => [
      room_id + user_id,
      { level, mutedUntil: until?.toISOString() ?? null, roomMentions },
    ]),
  );
}

/** The general settings of these users, by user. */
export async function findUserSettings(
  db: Queryable,
  userIds: readonly string[],
): Promise<Map<string, NotificationSettings>> {
  const rows: {
    user_id: string;
    level: NotificationSettings['level'];
    quiet_hours: NotificationSettings['quietHours'];
    preview: boolean;
  }[] = await db('user_settings')
    .whereRaw('user_id = any(:userIds)', { userIds })
    .select('user_id', 'level', 'quiet_hours', 'preview');
  return new Map(
    rows.map(({ user_id, level, quiet_hours: quietHours, preview }) => [
      user_id,
      { level, quietHours, preview },
    ]),
  );
}

/** Room → members who have chosen the level `all` for it, at most `limit` in each. */
export async function findFollowers(
  db: Queryable,
  roomIds: readonly string[],
  limit: number,
): Promise<Map<string, string[]>> {
  const { rows } = await db.raw<{ rows: { room_id: string; user_ids: string[] }[] }>(
    `select asked.room_id, array_agg(found.user_id) as user_ids
       from unnest(:roomIds::uuid[]) as asked (room_id)
      cross join lateral (
        select s.user_id from room_settings s
          join members m on m.room_id = s.room_id and m.user_id = s.user_id and m.active
         where s.room_id = asked.room_id and s.level = 'all' order by s.user_id limit :limit
      ) found
      group by asked.room_id`,
    { roomIds, limit },
  );
  return new Map(rows.map((row) => [row.room_id, row.user_ids]));
}

export async function eraseSettings(trx: Transaction, userIds: readonly string[]): Promise<void> {
  await trx('room_settings').whereRaw('user_id = any(:userIds)', { userIds }).delete();
  await trx('user_settings').whereRaw('user_id = any(:userIds)', { userIds }).delete();
}

/** Deletes those that ended before that time. Returns whether there may be more. */
export async function forgetSettings(
  trx: Transaction,
  { before, limit }: { before: Date; limit: number },
): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `delete from room_settings where ctid = any(array(
       select ctid from room_settings where ended_at < :before limit :limit for update skip locked))`,
    { before, limit },
  );
  return rowCount === limit;
}
