import { AppError } from '@parley/errors';
import { Frame } from '../connections/frame.ts';
import type { Handler } from './protocol-context.ts';

export const joinRoom: Handler<'join_room'> = async (
  { memberships, subscriptions },
  connection,
  { roomId },
) => {
  const { room } = await memberships.requireNow(roomId, connection.caller);
  // A user removed after `requireNow` answered was evicted before being subscribed.
  if (memberships.isOut(roomId, connection.caller.userId)) throw new AppError('room_not_found');
  const seq = await subscriptions.start(connection, room);
  connection.send(new Frame('room_joined', { roomId, seq }));
  return { roomId, seq };
};
