import type { Queryable } from '@parley/database';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

/** The pinned messages of a room, the latest pin first. */
export async function findPins(db: Queryable, roomId: string): Promise<TimelineRow[]> {
  const rows: StoredRow[] = await db('timeline')
    .where({ room_id: roomId })
    .whereNotNull('pinned_at')
    .orderBy([
      { column: 'pinned_at', order: 'desc' },
      { column: 'seq', order: 'desc' },
    ])
    .select(timelineColumns);
  return rows.map(toRow);
}

/** Room → how many of its messages are pinned. */
export async function countPins(db: Queryable, roomIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.raw<{ rows: { room_id: string; pins: number }[] }>(
    `select room_id, count(*)::integer as pins from timeline
      where room_id = any(:roomIds) and pinned_at is not null group by room_id`,
    { roomIds },
  );
  return new Map(rows.map(({ room_id, pins }) => [room_id, pins]));
}
