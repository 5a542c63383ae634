import { ask } from '@parley/bus';
import { calls, syncUnits } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import { forEachLimit } from '@parley/runtime/async';
import type { Connection } from '../connections/connection.ts';
import { requireRate } from './event-rate.ts';
import type { Handler, ProtocolContext } from './protocol-context.ts';

const roomsAtOnce = 8;
/** Syncing many rooms takes longer than a usual call. */
const timeoutMs = 8_000;
/** Errors that concern one room; the others are resumed. */
const skippable = new Set<ErrorCode>(['limit_reached', 'rate_limit', 'room_not_found']);

/**
 * Subscribes before asking for the changes, so everything stored after the answer arrives live.
 * Stops when the connection closes.
 */
export const resume: Handler<'resume'> = async (context, connection, question) => {
  // The event itself has been counted as one.
  requireRate(context, connection, syncUnits(question) - 1);
  const { userId } = connection.caller;
  const roomIds = [...new Set(question.rooms.map(({ roomId }) => roomId))];
  const standings = await Promise.all(roomIds.map((roomId) => context.memberships.findNow(roomId, userId)));
  const rooms = standings.flatMap(({ room, membership }) => (room && membership ? [room] : []));
  await forEachLimit(rooms, roomsAtOnce, async (room) => {
    requireOpen(context, connection);
    await context.subscriptions.start(connection, room).catch(ignoreSkippable);
  });
  requireOpen(context, connection);
  const answer = await ask(context.bus, calls.syncRooms, { userId, ...question }, { timeoutMs });
  const unheard = answer.rooms.flatMap(({ roomId }) =>
    context.subscriptions.isSubscribed(connection, roomId) ? [] : [roomId],
  );
  return { ...answer, unheard };
};

function requireOpen({ registry }: ProtocolContext, connection: Connection): void {
  if (!registry.has(connection)) throw new AppError('unavailable');
}

function ignoreSkippable(error: unknown): void {
  if (!skippable.has(AppError.from(error).code)) throw error;
}
