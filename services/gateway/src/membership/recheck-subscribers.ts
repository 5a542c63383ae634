import { isUserKey, roomIdOf } from '@parley/backplane';
import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { chunks, forEachLimit, pause } from '@parley/runtime/async';
import { evictUser } from './evict.ts';
import type { MembershipContext } from './membership-context.ts';

const usersPerQuestion = 500;
const roomsAtOnce = 8;
const pauseMs = 100;

/**
 * Evicts former members from every subscribed room after directory events may have been missed.
 * Retries until the directory answers or `signal` aborts.
 */
export async function recheckSubscribers(context: MembershipContext, signal: AbortSignal): Promise<void> {
  const keys = context.rooms.keys().filter((key) => !isUserKey(key));
  await forEachLimit(keys, roomsAtOnce, (key) => recheckRoom(context, key, signal));
}

async function recheckRoom(context: MembershipContext, key: string, signal: AbortSignal): Promise<void> {
  const roomId = roomIdOf(key);
  const users = [...new Set([...context.rooms.at(key)].map((connection) => connection.caller.userId))];
  for (const userIds of chunks(users, usersPerQuestion)) {
    const answer = await untilAnswered(context, { roomId, userIds }, signal);
    if (!answer) return;
    const members = new Set(answer.members.map((member) => member.userId));
    for (const userId of userIds) {
      // An event may have announced their return while we asked.
      if (members.has(userId) || context.memberships.isMember(roomId, userId)) continue;
      evictUser(context, roomId, userId, answer.room ? 'removed' : 'deleted');
    }
  }
}

async function untilAnswered(
  { bus, logger }: MembershipContext,
  question: { roomId: string; userIds: string[] },
  signal: AbortSignal,
) {
  while (!signal.aborted) {
    try {
      return await ask(bus, calls.getMemberships, question);
    } catch (error) {
      logger.warn(
        { err: error, roomId: question.roomId },
        'failed to recheck the members of a room; will retry',
      );
      await pause(pauseMs, { signal });
    }
  }
  return undefined;
}
