import type { Database } from '@parley/database';
import { chunks, pause } from '@parley/runtime/async';
import {
  endArrival,
  endDeparture,
  hasLeft,
  receiveShare,
  setDeparted,
  takeTouched,
  watchShare,
} from '../stores/moving-shares.ts';
import {
  type Copying,
  copyChanges,
  copyMembers,
  copyRest,
  copyRooms,
  firstId,
  numberedTables,
  pageShare,
  purgeRooms,
} from '../stores/share-copies.ts';
import { changeShare, isVersionBehind, type Move, readShares, startMove } from '../stores/shares.ts';
import { validMs } from './share-map.ts';

/** Rooms that are copied together. */
const roomsAtOnce = 20;
/** The rows of rooms alone. */
const headsAtOnce = 1_000;
const touchedAtOnce = 1_000;
/** The last rounds before the pause copy fewer changes than this, or there have been too many. */
const fewTouched = 50;
const maxRounds = 100;
const checkEveryMs = 50;
/** For a reading of the map that is under way. */
const marginMs = 1_000;

/** A database, and its id. */
interface Place {
  id: string;
  db: Database;
}

interface Moving {
  /** The home database first. */
  places: readonly [Place, ...Place[]];
  /** The place in this list to which the share moves. */
  to: number;
  move: Move;
  log: (line: string) => void;
  /** How long reads of the former database may take, before its rows are deleted. @default 10000 */
  graceMs?: number;
}

/**
 * Moves a share of the rooms to another database while the system runs:
 * 1. copies its rooms, while triggers record which of them change, and then those, until few are
 *    left;
 * 2. pauses the share: all processes learn of it, and the database refuses further writes;
 * 3. copies the rest, and changes the map. While it is paused, both databases have the same rooms,
 *    so processes may read either until all have learned of the change;
 * 4. ends the pause, and deletes the rows in the former database.
 *
 * It can be killed at any point and repeated: until the map is changed, the former database has
 * everything; afterwards, the other one has. A pause lasts until then.
 */
export async function moveShare(moving: Moving): Promise<void> {
  const { places, to, move, log } = moving;
  const [home] = places;
  const target = places[to];
  if (!target) throw new Error(`there is no database ${to + 1}`);
  const { database, version } = await startMove(home.db, move, home.id);
  const source = places.find(({ id }) => id === database);
  if (!source) throw new Error(`MESSAGES_DATABASE_URLS lacks the database of share ${move.share}`);
  if (source === target) await untilUsed(home.db, { version });
  else await copyAndSwitch(moving, source, target);
  await changeShare(home.db, move, { paused: false });
  await purgeElsewhere(moving, target);
  log(`share ${move.share} is in database ${to + 1}`);
}

async function copyAndSwitch(
  { places: [home], move, log }: Moving,
  source: Place,
  target: Place,
): Promise<void> {
  const copying = { source: source.db, target: target.db, move };
  await watchShare(source.db, move);
  await changeShare(home.db, move, { paused: false });
  if (await hasLeft(target.db, move.share)) await purgeShare(target.db, move.share);
  await receiveShare(target.db, move);
  try {
    const rooms = await copyShare(copying, roomsAtOnce, copyContents);
    log(`share ${move.share}: copied ${rooms} rooms`);
    for (let round = 0; round < maxRounds; round++) if ((await copyTouched(copying)) < fewTouched) break;
    const pausedAt = performance.now();
    await untilUsed(home.db, await changeShare(home.db, move, { paused: true }));
    await setDeparted(source.db, move);
    while ((await copyTouched(copying)) > 0);
    await copyRest(copying);
    await copyShare(copying, headsAtOnce, copyRooms);
    await endArrival(target.db, move);
    await untilUsed(home.db, await changeShare(home.db, move, { database: target.id }));
    log(`share ${move.share}: paused for ${Math.round(performance.now() - pausedAt)} ms`);
  } catch (error) {
    await stay(home.db, source, move);
    throw error;
  }
}

/** Ends a move that has failed, unless the map has been changed already. */
async function stay(home: Database, source: Place, move: Move): Promise<void> {
  const mapped = (await readShares(home)).find(({ share }) => share === move.share);
  if (mapped?.database !== source.id) return;
  await endDeparture(source.db, move);
  await changeShare(home, move, { paused: false });
}

/** Calls `copy` with some rooms at a time. Returns how many there are. */
async function copyShare(
  copying: Copying,
  atOnce: number,
  copy: (copying: Copying, roomIds: readonly string[]) => Promise<void>,
): Promise<number> {
  let count = 0;
  for (let after = firstId; ; ) {
    const page = await pageShare(copying.source, copying.move.share, after, atOnce);
    if (page.length === 0) return count;
    await copy(copying, page);
    count += page.length;
    after = page.at(-1) ?? after;
  }
}

async function copyContents(copying: Copying, roomIds: readonly string[]): Promise<void> {
  for (const table of numberedTables) await copyChanges(copying, table, roomIds);
  await copyMembers(copying, roomIds);
}

/** Copies rooms that have changed. Returns how many changes there were. */
async function copyTouched(copying: Copying): Promise<number> {
  const { changes, rooms, withMembers } = await takeTouched(
    copying.source,
    copying.move.share,
    touchedAtOnce,
  );
  for (const some of chunks(rooms, roomsAtOnce))
    for (const table of numberedTables) await copyChanges(copying, table, some);
  for (const some of chunks(withMembers, roomsAtOnce)) await copyMembers(copying, some);
  return changes;
}

/** Resolves when no process uses an earlier version of the map. */
async function untilUsed(home: Database, { version }: { version: number }): Promise<void> {
  while (await isVersionBehind(home, version, validMs + marginMs)) await pause(checkEveryMs);
}

/** Deletes the rows of the share in the databases that it has left. */
async function purgeElsewhere({ places, move, graceMs = 10_000 }: Moving, target: Place): Promise<void> {
  for (const place of places) {
    if (place === target || !(await hasLeft(place.db, move.share))) continue;
    await pause(graceMs);
    await purgeShare(place.db, move.share);
  }
}

async function purgeShare(db: Database, share: number): Promise<void> {
  for (;;) {
    const page = await pageShare(db, share, firstId, roomsAtOnce);
    if (page.length === 0) return;
    await purgeRooms(db, page);
  }
}
