import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import type { Connection } from '../connections/connection.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import type { Memberships } from '../membership/memberships.ts';
import { clientEvent } from './client-event.ts';

interface Deps {
  bus: Bus;
  memberships: Memberships;
  subscriptions: Subscriptions;
}

const roomsAtOnce = 8;
/** Syncing many rooms takes longer than a usual call. */
const timeoutMs = 8_000;
/** Errors that concern one room; the others are resumed. */
const skippable = new Set<ErrorCode>(['limit_reached', 'room_not_found']);

/** Subscribes before asking for the changes, so everything stored after the answer arrives live. */
export const resume = (deps: Deps) =>
  clientEvent('resume', async (connection, question) => {
    await subscribeAll(
      deps,
      connection,
      question.rooms.map(({ roomId }) => roomId),
    );
    const answer = await ask(
      deps.bus,
      calls.syncRooms,
      { userId: connection.caller.userId, ...question },
      { timeoutMs },
    );
    const unheard = answer.rooms.flatMap(({ roomId }) =>
      deps.subscriptions.isSubscribed(connection, roomId) ? [] : [roomId],
    );
    return { ...answer, unheard };
  });

async function subscribeAll(deps: Deps, connection: Connection, roomIds: string[]): Promise<void> {
  const left = roomIds.toReversed();
  const next = async (): Promise<void> => {
    for (let roomId = left.pop(); roomId; roomId = left.pop()) await subscribe(deps, connection, roomId);
  };
  await Promise.all(Array.from({ length: roomsAtOnce }, next));
}

async function subscribe(
  { memberships, subscriptions }: Deps,
  connection: Connection,
  roomId: string,
): Promise<void> {
  const { room, membership } = await memberships.find(roomId, connection.caller.userId);
  if (!room || !membership) return;
  try {
    await subscriptions.start(connection, room);
  } catch (error) {
    if (!skippable.has(AppError.from(error).code)) throw error;
  }
}
