import { isUserKey, roomIdOf } from '@parley/backplane';
import { ask } from '@parley/bus';
import { type CallOutput, calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { chunks, forEachLimit, pause } from '@parley/runtime/async';
import { evictUser } from './evict.ts';
import type { MembershipContext } from './membership-context.ts';

/** The limits of the call's contract. */
const maxRooms = 500;
const maxUsers = 2_000;
const callsAtOnce = 4;
const pauseMs = 100;

/** Members of rooms who are subscribed here. */
type Page = { roomId: string; userIds: string[] }[];
type Lost = CallOutput<typeof calls.getLostMemberships>['lost'];

/**
 * Evicts former members from every subscribed room after directory events may have been missed. One
 * question covers many rooms. Retries until the directory answers or `signal` aborts.
 */
export async function recheckSubscribers(context: MembershipContext, signal: AbortSignal): Promise<void> {
  await forEachLimit(pagesOf(context), callsAtOnce, async (page) => {
    for (const { roomId, userId, isRoomGone } of await untilAnswered(context, page, signal)) {
      // An event may have announced their return while we asked.
      if (!context.memberships.isMember(roomId, userId))
        evictUser(context, roomId, userId, isRoomGone ? 'deleted' : 'removed');
    }
  });
}

function* pagesOf({ rooms }: MembershipContext): Iterable<Page> {
  let page: Page = [];
  let left = maxUsers;
  for (const key of rooms.keys().filter((one) => !isUserKey(one))) {
    const roomId = roomIdOf(key);
    const userIds = [...new Set([...rooms.at(key)].map(({ caller }) => caller.userId))];
    while (userIds.length > 0) {
      const some = userIds.splice(0, left);
      page.push({ roomId, userIds: some });
      left -= some.length;
      if (left > 0 && page.length < maxRooms) continue;
      yield page;
      page = [];
      left = maxUsers;
    }
  }
  if (page.length > 0) yield page;
}

async function untilAnswered(context: MembershipContext, rooms: Page, signal: AbortSignal): Promise<Lost> {
  while (!signal.aborted) {
    try {
      return (await ask(context.bus, calls.getLostMemberships, { rooms })).lost;
    } catch (error) {
      const lost = await askLastRelease(context, rooms, error).catch(() => undefined);
      if (lost) return lost;
      context.logger.warn({ err: error }, 'failed to recheck the members of rooms; will retry');
      await pause(pauseMs, { signal });
    }
  }
  return [];
}

/**
 * A directory of the last release does not answer the question. To be removed in the next release.
 * @throws AppError `timeout`, `unavailable`; the error, if it was another one
 */
async function askLastRelease({ bus }: MembershipContext, rooms: Page, error: unknown): Promise<Lost> {
  if (AppError.from(error).code !== 'unavailable') throw error;
  const lost: Lost = [];
  for (const { roomId, userIds } of rooms)
    for (const some of chunks(userIds, 500)) {
      const { room, members } = await ask(bus, calls.getMemberships, { roomId, userIds: some });
      const present = new Set(members.map(({ userId }) => userId));
      for (const userId of some)
        if (!present.has(userId)) lost.push({ roomId, userId, isRoomGone: room === null });
    }
  return lost;
}
