import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import { chunks, forEachLimit, pause } from '@parley/runtime/async';
import { isUserKey, roomIdOf } from '../subscriptions/keys.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { Evictions } from './evictions.ts';

interface Deps {
  bus: Bus;
  rooms: SubscriptionTable;
  evictions: Evictions;
  logger: Logger;
}

const usersPerQuestion = 500;
const roomsAtOnce = 8;
const pauseMs = 100;

/**
 * Evicts former members from every subscribed room after directory events may have been missed.
 * Retries until the directory answers or `signal` aborts.
 */
export async function recheckSubscribers(deps: Deps, signal: AbortSignal): Promise<void> {
  const keys = deps.rooms.keys().filter((key) => !isUserKey(key));
  await forEachLimit(keys, roomsAtOnce, (key) => recheckRoom(deps, key, signal));
}

async function recheckRoom(deps: Deps, key: string, signal: AbortSignal): Promise<void> {
  const roomId = roomIdOf(key);
  const users = [...new Set([...deps.rooms.at(key)].map((connection) => connection.caller.userId))];
  for (const userIds of chunks(users, usersPerQuestion)) {
    const answer = await untilAnswered(deps, { roomId, userIds }, signal);
    if (!answer) return;
    const members = new Set(answer.members.map((member) => member.userId));
    for (const userId of userIds) {
      if (!members.has(userId)) deps.evictions.user(roomId, userId, answer.room ? 'removed' : 'deleted');
    }
  }
}

async function untilAnswered(
  { bus, logger }: Deps,
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
