import { ask } from '@parley/bus';
import { calls, requireAccount, type SyncAnswer, syncUnits } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { requireRate } from './event-rate.ts';
import type { Handler } from './protocol-context.ts';

/** Syncing many rooms takes longer than a usual call. */
const timeoutMs = 8_000;

/**
 * Subscribes before asking for the changes, so everything stored after the answer arrives live. The
 * number of questions, scripts and subscriptions does not depend on the number of rooms. Stops when
 * the connection closes.
 */
export const resume: Handler<'resume'> = async (context, connection, question) => {
  const { bus, memberships, registry, subscriptions } = context;
  // The event itself has been counted as one.
  requireRate(context, connection, syncUnits(question) - 1);
  const { userId } = connection.caller;
  if (question.account) {
    requireAccount(connection.caller);
    connection.followAccount();
  }
  const roomIds = [...new Set(question.rooms.map(({ roomId }) => roomId))];
  const standings = await Promise.all(roomIds.map((roomId) => memberships.findNow(roomId, userId)));
  const rooms = standings.flatMap(({ room, membership }) =>
    // A user removed since then was evicted before being subscribed.
    room && membership && !memberships.isOut(room.id, userId) ? [room] : [],
  );
  let answer: SyncAnswer | undefined;
  const startedAt = await subscriptions.startAll(connection, rooms, async () => {
    if (!registry.has(connection)) throw new AppError('unavailable');
    answer = await ask(bus, calls.syncRooms, { userId, ...question }, { timeoutMs });
    return headsOf(answer);
  });
  if (!registry.has(connection) || !answer) throw new AppError('unavailable');
  return {
    ...answer,
    rooms: answer.rooms.map((room) =>
      // Another connection has opened the room at a later number. The rest must be asked for.
      (startedAt.get(room.roomId) ?? 0) > room.seq ? { ...room, hasMore: true } : room,
    ),
    unheard: answer.rooms.flatMap(({ roomId }) =>
      subscriptions.isSubscribed(connection, roomId) ? [] : [roomId],
    ),
  };
};

/** The last numbers of the rooms of which the answer has everything. */
const headsOf = ({ rooms }: SyncAnswer): Map<string, number> =>
  new Map(rooms.flatMap(({ roomId, seq, hasMore }) => (hasMore ? [] : [[roomId, seq] as const])));
