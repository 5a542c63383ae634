import { ask } from '@parley/bus';
import { type Caller, calls, defaultNotificationSettings, mayName } from '@parley/contracts';
import { type UnreadState, unreadState } from '../domain/badge.ts';
import { findSettings } from '../stores/account.ts';
import { type UnreadRoom, unreadRooms } from '../stores/unread.ts';
import type { CommonContext } from './context.ts';

/** Counting stops here in each room. */
const maxPerRoom = 1_000;
/** Blocks with further users are not known here. */
const maxIgnored = 1_000;

type ShownRoom = UnreadRoom & Pick<UnreadState, 'level' | 'mutedUntil'>;

/** Unread counts, derived from read positions on each request, so they cannot drift. */
export async function getUnread(
  context: CommonContext,
  caller: Caller,
  threadsApart: boolean,
): Promise<{ rooms: ShownRoom[]; total: number; mentions: number; badge: number }> {
  const { databases, clock } = context;
  const { userId } = caller;
  const settings = await findSettings(databases.home.db, userId);
  const unmentioned = [...settings.rooms].flatMap(([roomId, { roomMentions = true }]) =>
    roomMentions ? [] : [roomId],
  );
  const all = await countRooms(context, userId, { maxPerRoom, threadsApart, unmentioned });
  const own = { ...defaultNotificationSettings, ...settings.notifications };
  const now = clock();
  const rooms = all
    .filter(({ roomId }) => mayName(caller, roomId))
    .map((room) => {
      const ofRoom = settings.rooms.get(room.roomId) ?? null;
      return { ...room, ...unreadState({ ...room, settings: ofRoom }, own, now) };
    });
  const sum = (of: (room: (typeof rooms)[number]) => number) =>
    rooms.reduce((total, room) => total + of(room), 0);
  return {
    rooms: rooms.map(({ badge: _, ...room }) => room),
    total: sum(({ unread, mutedUntil }) => (mutedUntil === null ? unread : 0)),
    mentions: sum(({ mentions }) => mentions),
    badge: sum(({ badge }) => badge),
  };
}

/**
 * A user with unread mentions costs a call to the directory, because mentions between users with a
 * block do not count; without an answer, they do.
 */
async function countRooms(
  { databases, bus, logger }: CommonContext,
  userId: string,
  counted: Parameters<typeof unreadRooms>[2],
): Promise<UnreadRoom[]> {
  const count = async (ignored: readonly string[]) => {
    const rooms = await databases.gatherAll(({ db }) => unreadRooms(db, userId, { ...counted, ignored }));
    return rooms.sort((one, other) => (one.roomId < other.roomId ? -1 : 1));
  };
  const all = await count([]);
  if (all.every(({ mentions }) => mentions === 0)) return all;
  const blocked = ask(bus, calls.getBlockedUsers, { userId, limit: maxIgnored });
  const { userIds: ignored } = await blocked.catch((error: unknown) => {
    logger.debug({ err: error }, 'no answer about blocks; counting the mentions of all users');
    return { userIds: [] };
  });
  return ignored.length > 0 ? count(ignored) : all;
}
