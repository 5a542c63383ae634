import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { chunks, forEachLimit } from '@parley/runtime/async';
import { assertMayRead, type Standing } from '../domain/standing.ts';
import { knownStandings, saveMembers, saveRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';

/** Concurrent calls to the directory for one request. */
const callsAtOnce = 8;
/** Users or rooms per call, the limit of the calls' contract. */
const idsPerCall = 500;

interface Pair {
  roomId: string;
  userId: string;
}

/**
 * Looks up users' rights in rooms in our read model. For users it does not know (who joined a
 * millisecond ago, for example), it calls the directory and stores the answer.
 *
 * Returns them in the order of `pairs`. Null: the room does not exist. An Error: the call to the
 * directory failed.
 */
export async function findStandings(
  context: Context,
  pairs: readonly Pair[],
): Promise<(Standing | null | Error)[]> {
  if (pairs.length === 0) return [];
  const known = await knownStandings(context.db, pairs);
  const missing = pairs.flatMap((pair, index) => (known[index]?.member ? [] : [{ pair, index }]));
  if (missing.length === 0) return known;
  const unknown = missing.map(({ pair }) => pair);
  const failures = await learn(context, unknown);
  const learned = await knownStandings(context.db, unknown);
  const standings: (Standing | null | Error)[] = known;
  for (const [position, { pair, index }] of missing.entries())
    standings[index] = failures.get(pair.roomId) ?? learned[position] ?? null;
  return standings;
}

/** @throws AppError `room_not_found`, `not_authorized` */
export async function requireReader(
  context: Context,
  caller: { userId: string; organizationId: string | null },
  roomId: string,
): Promise<Standing> {
  const [standing = null] = await findStandings(context, [{ roomId, userId: caller.userId }]);
  if (standing instanceof Error) throw standing;
  assertMayRead(standing, caller.organizationId);
  return standing;
}

/**
 * Calls the directory, for many rooms of one user at once or for many users of one room. Returns
 * the errors of the rooms that failed.
 */
async function learn(context: Context, pairs: readonly Pair[]): Promise<Map<string, Error>> {
  const failures = new Map<string, Error>();
  const learned = async (roomIds: readonly string[], asking: Promise<void>) => {
    await asking.catch((error: unknown) => {
      for (const roomId of roomIds)
        failures.set(roomId, error instanceof Error ? error : new Error(String(error)));
    });
  };
  const [first] = pairs;
  const roomIds = [...new Set(pairs.map(({ roomId }) => roomId))];
  if (first && roomIds.length > 1 && pairs.every(({ userId }) => userId === first.userId)) {
    for (const page of chunks(roomIds, idsPerCall))
      await learned(page, askForRooms(context, first.userId, page));
    return failures;
  }
  const usersOf = new Map<string, Set<string>>();
  for (const { roomId, userId } of pairs) usersOf.set(roomId, (usersOf.get(roomId) ?? new Set()).add(userId));
  const pages = [...usersOf].flatMap(([roomId, users]) =>
    chunks([...users], idsPerCall).map((userIds) => ({ roomId, userIds })),
  );
  await forEachLimit(pages, callsAtOnce, ({ roomId, userIds }) =>
    learned([roomId], askDirectory(context, roomId, userIds)),
  );
  return failures;
}

async function askForRooms({ db, bus }: Context, userId: string, roomIds: string[]): Promise<void> {
  const { rooms, members } = await ask(bus, calls.getStandings, { userId, roomIds });
  await saveRooms(db, rooms);
  await saveMembers(
    db,
    members.map((member) => ({ ...member, active: true })),
    { current: true },
  );
}

async function askDirectory({ db, bus }: Context, roomId: string, userIds: string[]): Promise<void> {
  const { room, members } = await ask(bus, calls.getMemberships, { roomId, userIds });
  if (!room) return;
  await saveRooms(db, [room]);
  // Both people of a direct room are needed to address its changes.
  const both =
    room.kind === 'direct' ? (await ask(bus, calls.getRoomMembers, { roomId, limit: 2 })).members : [];
  await saveMembers(
    db,
    [...members, ...both].map((member) => ({ ...member, active: true })),
    { current: true },
  );
}
