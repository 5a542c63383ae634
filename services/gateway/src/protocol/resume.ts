import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import { forEachLimit } from '@parley/runtime/async';
import type { Connection } from '../connections/connection.ts';
import type { Handler, ProtocolContext } from './protocol-context.ts';

const roomsAtOnce = 8;
/** Syncing many rooms takes longer than a usual call. */
const timeoutMs = 8_000;
/** Errors that concern one room; the others are resumed. */
const skippable = new Set<ErrorCode>(['limit_reached', 'room_not_found']);

/** Subscribes before asking for the changes, so everything stored after the answer arrives live. */
export const resume: Handler<'resume'> = async (context, connection, question) => {
  await forEachLimit(question.rooms, roomsAtOnce, ({ roomId }) => subscribe(context, connection, roomId));
  const { userId } = connection.caller;
  const answer = await ask(context.bus, calls.syncRooms, { userId, ...question }, { timeoutMs });
  const unheard = answer.rooms.flatMap(({ roomId }) =>
    context.subscriptions.isSubscribed(connection, roomId) ? [] : [roomId],
  );
  return { ...answer, unheard };
};

async function subscribe(
  { memberships, subscriptions }: ProtocolContext,
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
