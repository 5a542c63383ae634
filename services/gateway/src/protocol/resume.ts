import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import { forEachLimit } from '@parley/runtime/async';
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
    await forEachLimit(question.rooms, roomsAtOnce, ({ roomId }) => subscribe(deps, connection, roomId));
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
