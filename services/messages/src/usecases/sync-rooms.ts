import {
  type GainedRoom,
  maxSyncedRooms,
  type SyncAnswer,
  type SyncedRoom,
  type SyncQuestion,
} from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { type RoomPage, type SeqRange, SyncPage } from '../domain/sync-page.ts';
import { bytesInSync, toSyncChange } from '../domain/timeline-row.ts';
import { positionsChangedAfter } from '../stores/position-changes.ts';
import { memberHeads, otherRooms } from '../stores/rooms.ts';
import { rowsChangedAfter } from '../stores/timeline.ts';
import type { Context } from './context.ts';
import { type Position, snapshotOptions } from './read-replica.ts';
import { findStandings } from './room-access.ts';

/**
 * Returns what changed in rooms since a client's cursors of any age: two index ranges per room.
 * - All reads use one snapshot of the database, so a page's cursors are exact during writes.
 * - A room's positions follow after all its changes: a client drops a member's position on their
 *   leave, and gets it back after their return.
 *
 * @throws AppError `unavailable`, `timeout`: an unreachable directory must not make a client drop a
 *   room
 */
export async function syncRooms(
  context: Context,
  { userId }: { userId: string },
  question: SyncQuestion,
): Promise<SyncAnswer> {
  const { db, replica } = context;
  const cursors = [...new Map(question.rooms.map((cursor) => [cursor.roomId, cursor])).values()];
  const known = cursors.map(({ roomId }) => roomId);
  const pairs = known.map((roomId) => ({ roomId, userId }));
  for (const standing of await findStandings(context, pairs)) {
    if (standing instanceof Error) throw standing;
  }
  const changes = (snapshot: Queryable) => changedRooms(snapshot, userId, cursors, question.limit);
  const gained = (from: Queryable) => gainedRooms(from, userId, known, question.gained);
  const { rooms, gains } = await replica.read({
    position: async (from) => positionOf(await memberHeads(from, userId, known)),
    read: async (snapshot) => ({ rooms: await changes(snapshot), gains: await gained(db) }),
    otherwise: () =>
      db.transaction(
        async (snapshot) => ({ rooms: await changes(snapshot), gains: await gained(snapshot) }),
        snapshotOptions,
      ),
  });
  const pages = new Set(rooms.map(({ roomId }) => roomId));
  return { rooms, gone: known.filter((roomId) => !pages.has(roomId)), ...gains };
}

async function changedRooms(
  snapshot: Queryable,
  userId: string,
  cursors: SyncQuestion['rooms'],
  limit: number,
): Promise<SyncedRoom[]> {
  const known = cursors.map(({ roomId }) => roomId);
  const heads = await memberHeads(snapshot, userId, known);
  const found = cursors.flatMap((cursor) => {
    const head = heads.get(cursor.roomId);
    return head ? [{ cursor, head }] : [];
  });
  const mine = found.filter((one) => !isAhead(one));
  const page = new SyncPage();

  const changing = mine.map(
    ({ cursor, head }): SeqRange => ({ roomId: cursor.roomId, after: cursor.seq, head: head.seq }),
  );
  const takes = page.plan(changing, limit);
  const changes = page.fit(changing, takes, await rowsChangedAfter(snapshot, takes), bytesInSync);

  const moving = mine.flatMap(({ cursor: { roomId, readSeq }, head }): SeqRange[] =>
    isAtEnd(changes.get(roomId), head.seq) ? [{ roomId, after: readSeq, head: head.readSeq }] : [],
  );
  const readTakes = page.plan(moving, limit);
  const moves = await positionsChangedAfter(snapshot, userId, readTakes);
  const positions = page.fit(moving, readTakes, moves, () => bytesOfPosition);

  const pages = mine.map(({ cursor: { roomId, ...after }, head }): SyncedRoom => {
    const changed = changes.get(roomId);
    const moved = positions.get(roomId);
    return {
      roomId,
      name: head.name,
      seq: changed?.upTo ?? after.seq,
      readSeq: moved?.upTo ?? after.readSeq,
      hasMore: !isAtEnd(changed, head.seq) || !isAtEnd(moved, head.readSeq),
      changes: (changed?.rows ?? []).map(toSyncChange),
      positions: (moved?.rows ?? []).map(({ position }) => position),
    };
  });
  return [...pages, ...found.filter(isAhead).map(toReset)];
}

async function gainedRooms(
  db: Queryable,
  userId: string,
  known: readonly string[],
  range: SyncQuestion['gained'],
): Promise<{ gained: GainedRoom[]; gainedAfter: string | null }> {
  if (!range) return { gained: [], gainedAfter: null };
  const { after, upTo } = range;
  const others = await otherRooms(db, userId, { known, after, upTo, limit: maxSyncedRooms + 1 });
  const gained = others.slice(0, maxSyncedRooms);
  return { gained, gainedAfter: others.length > gained.length ? (gained.at(-1)?.roomId ?? null) : null };
}

/** An upper bound of a position's bytes in the answer. */
const bytesOfPosition = 400;

/** Whether the pages reach the room's head. */
const isAtEnd = (pages: RoomPage<unknown> | undefined, head: number): boolean =>
  pages !== undefined && pages.upTo >= head;

/** A renaming changes no number, so the room's name is part of the key. */
const positionOf = (
  heads: ReadonlyMap<string, { name: string | null; seq: number; readSeq: number }>,
): Position =>
  new Map([...heads].map(([roomId, { name, seq, readSeq }]) => [`${roomId} ${name ?? ''}`, [seq, readSeq]]));

interface Found {
  cursor: SyncQuestion['rooms'][number];
  head: { name: string | null; seq: number; readSeq: number };
}

/** The cursor is ahead of the room, which happens only after an older state was restored. */
const isAhead = ({ cursor, head }: Found): boolean => cursor.seq > head.seq || cursor.readSeq > head.readSeq;

const toReset = ({ cursor: { roomId }, head }: Found): SyncedRoom => ({
  roomId,
  ...head,
  hasMore: false,
  changes: [],
  positions: [],
  reset: true,
});
