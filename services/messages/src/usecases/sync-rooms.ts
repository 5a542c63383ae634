import {
  type Caller,
  type GainedRoom,
  maxSyncedRooms,
  mayName,
  requireAccount,
  type SyncAnswer,
  type SyncedRoom,
  type SyncQuestion,
} from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { type RoomPage, type SeqRange, SyncPage } from '../domain/sync-page.ts';
import { bytesInSync, placeOf, toSyncChange } from '../domain/timeline-row.ts';
import {
  type ChangedPosition,
  positionsChangedAfter,
  threadsChangedAfter,
} from '../stores/position-changes.ts';
import { memberHeads, otherRooms } from '../stores/rooms.ts';
import { rowsChangedAfter, rowsPlacedAfter } from '../stores/timeline.ts';
import type { CommonContext, Context } from './context.ts';
import { type Position, snapshotOptions } from './read-replica.ts';
import { findStandings } from './room-access.ts';
import { syncAccount } from './sync-account.ts';

/** Only other services request these; see `syncOfUser`. */
interface SyncOptions {
  withPositions: boolean;
  newAtCreation: boolean;
}

/**
 * Returns what changed in rooms since a client's cursors of any age: two index ranges per room, or
 * one without read positions.
 * - All reads use one snapshot of the database, so a page's cursors are exact during writes.
 * - A room's positions follow after all its changes: a client drops a member's position on their
 *   leave, and gets it back after their return.
 *
 * @throws AppError `unavailable`, `timeout`: an unreachable directory must not make a client drop a
 *   room; `insufficient_scope` for the account
 */
export async function syncRooms(
  context: CommonContext,
  caller: Pick<Caller, 'userId' | 'grant'>,
  question: SyncQuestion,
  options: SyncOptions = { withPositions: true, newAtCreation: false },
): Promise<SyncAnswer> {
  const { userId } = caller;
  const { databases } = context;
  if (question.account) requireAccount(caller);
  const cursors = [...new Map(question.rooms.map((cursor) => [cursor.roomId, cursor])).values()];
  const known = cursors.map(({ roomId }) => roomId);
  const asked = new Map(databases.split(cursors));
  const concerned = question.gained ? databases.all : [...asked.keys()];
  const page = { ...question, ...options, share: concerned.length };
  const parts = await Promise.all(
    concerned.map((database) => syncDatabase(database, userId, asked.get(database) ?? [], page)),
  );
  const rooms = inOrderOf(
    known,
    parts.flatMap((part) => part.rooms),
  );
  const pages = new Set(rooms.map(({ roomId }) => roomId));
  const { gained, gainedAfter } = firstGained(parts.flatMap((part) => part.others));
  const gainedHere = gained.filter(({ roomId }) => mayName(caller, roomId));
  const account =
    question.account && (await syncAccount(databases.home.db, userId, question.account, question.limit));
  return {
    ...{ rooms, gone: known.filter((roomId) => !pages.has(roomId)), gained: gainedHere, gainedAfter },
    ...(account && { account }),
  };
}

interface Page extends Pick<SyncQuestion, 'limit' | 'threads' | 'gained'>, SyncOptions {
  /** How many databases fill the answer. */
  share: number;
}

/** The part of one database, from one snapshot. */
async function syncDatabase(
  context: Context,
  userId: string,
  cursors: SyncQuestion['rooms'],
  page: Page,
): Promise<{ rooms: SyncedRoom[]; others: GainedRoom[] }> {
  const { db, replica } = context;
  const known = cursors.map(({ roomId }) => roomId);
  const pairs = known.map((roomId) => ({ roomId, userId }));
  for (const standing of await findStandings(context, pairs)) {
    if (standing instanceof Error) throw standing;
  }
  const changes = (snapshot: Queryable) => changedRooms(snapshot, userId, cursors, page);
  const others = async (from: Queryable) => {
    if (!page.gained) return [];
    const found = await otherRooms(from, userId, { known, ...page.gained, limit: maxSyncedRooms + 1 });
    return context.databases.ownOf(context, found);
  };
  return replica.read({
    position: async (from) => positionOf(await memberHeads(from, userId, known)),
    read: async (snapshot) => ({ rooms: await changes(snapshot), others: await others(db) }),
    otherwise: () =>
      db.transaction(
        async (snapshot) => ({ rooms: await changes(snapshot), others: await others(snapshot) }),
        snapshotOptions,
      ),
  });
}

async function changedRooms(
  snapshot: Queryable,
  userId: string,
  cursors: SyncQuestion['rooms'],
  { limit, threads, withPositions, newAtCreation, share }: Page,
): Promise<SyncedRoom[]> {
  const known = cursors.map(({ roomId }) => roomId);
  const heads = await memberHeads(snapshot, userId, known);
  const found = cursors.flatMap((cursor) => {
    const head = heads.get(cursor.roomId);
    return head ? [{ cursor, head }] : [];
  });
  const mine = found.filter((one) => !isAhead(one));
  const page = new SyncPage(share);

  const changing = mine.map(
    ({ cursor, head }): SeqRange => ({ roomId: cursor.roomId, after: cursor.seq, head: head.seq }),
  );
  const takes = page.plan(changing, limit);
  const changes = newAtCreation
    ? page.fit(changing, takes, await rowsPlacedAfter(snapshot, takes), bytesInSync, placeOf)
    : page.fit(changing, takes, await rowsChangedAfter(snapshot, takes), bytesInSync);

  const moving = mine.flatMap(({ cursor: { roomId, readSeq }, head }): SeqRange[] =>
    withPositions && isAtEnd(changes.get(roomId), head.seq)
      ? [{ roomId, after: readSeq, head: head.readSeq }]
      : [],
  );
  const readTakes = page.plan(moving, limit);
  const moves = await positionsChangedAfter(snapshot, userId, readTakes);
  if (threads) merge(moves, await threadsChangedAfter(snapshot, userId, readTakes), readTakes);
  const positions = page.fit(moving, readTakes, moves, () => bytesOfPosition);

  const pages = mine.map(({ cursor: { roomId, ...after }, head }): SyncedRoom => {
    const changed = changes.get(roomId);
    const moved = positions.get(roomId);
    return {
      roomId,
      name: head.name,
      seq: changed?.upTo ?? after.seq,
      readSeq: moved?.upTo ?? after.readSeq,
      hasMore: !isAtEnd(changed, head.seq) || (withPositions && !isAtEnd(moved, head.readSeq)),
      changes: (changed?.rows ?? []).map(toSyncChange),
      positions: (moved?.rows ?? []).flatMap(({ position }) => position ?? []),
      ...(threads && { threads: (moved?.rows ?? []).flatMap(({ thread }) => thread ?? []) }),
    };
  });
  return [...pages, ...found.filter(isAhead).map(toReset)];
}

/** Rooms that started again come last. */
function inOrderOf(roomIds: readonly string[], rooms: readonly SyncedRoom[]): SyncedRoom[] {
  const places = new Map(roomIds.map((roomId, index) => [roomId, index]));
  const placeOf = ({ roomId, reset }: SyncedRoom) => (places.get(roomId) ?? 0) + (reset ? roomIds.length : 0);
  return [...rooms].sort((one, other) => placeOf(one) - placeOf(other));
}

/** The first of those that each database has found first. */
function firstGained(found: readonly GainedRoom[]): { gained: GainedRoom[]; gainedAfter: string | null } {
  const others = [...found].sort((one, other) => (one.roomId < other.roomId ? -1 : 1));
  const gained = others.slice(0, maxSyncedRooms);
  return { gained, gainedAfter: others.length > gained.length ? (gained.at(-1)?.roomId ?? null) : null };
}

/** Adds to the first list, of which each room keeps its earliest changes. */
function merge(
  moves: ChangedPosition[],
  others: readonly ChangedPosition[],
  takes: readonly { roomId: string; take: number }[],
): void {
  const left = new Map(takes.map(({ roomId, take }) => [roomId, take]));
  const inOrder = [...moves, ...others].sort((one, other) => one.changedSeq - other.changedSeq);
  moves.length = 0;
  for (const move of inOrder) {
    const take = left.get(move.roomId) ?? 0;
    if (take > 0) moves.push(move);
    left.set(move.roomId, take - 1);
  }
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
