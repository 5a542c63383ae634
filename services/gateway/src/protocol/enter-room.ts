import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { Frame } from '../connections/frame.ts';
import type { Handler } from './protocol-context.ts';

/**
 * The timeline announces a new member to the others. `user_joined` goes to everyone in the room, so
 * the joining connection receives it too.
 */
export const enterRoom: Handler<'enter_room'> = async (
  { bus, memberships, subscriptions, clock },
  connection,
  { roomId },
) => {
  const { caller } = connection;
  const { userId, username } = caller;
  const before = await memberships.findNow(roomId, userId);
  // Hides the existence of rooms that only their members may see.
  if (!before.room) throw new AppError('room_not_found');
  if (!before.membership) await ask(bus, calls.joinRoom, { userId, roomId });
  const room = before.membership ? before.room : (await memberships.requireNow(roomId, caller)).room;
  // A user removed since then was evicted before being subscribed.
  if (memberships.isOut(roomId, userId)) throw new AppError('room_not_found');
  const seq = await subscriptions.start(connection, room, before.membership !== null);
  connection.send(new Frame('room_joined', { roomId, seq }));
  const timestamp = new Date(clock()).toISOString();
  connection.send(new Frame('user_joined', { userId, username, roomId, type: 'temporary', timestamp }));
  return { roomId, seq };
};
