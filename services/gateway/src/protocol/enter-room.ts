import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import { Frame } from '../connections/frame.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import type { Memberships } from '../membership/memberships.ts';
import { clientEvent } from './client-event.ts';

/**
 * The timeline announces a new member to the others. `user_joined` goes to everyone in the room, so
 * the joining connection receives it too.
 */
export const enterRoom = (deps: {
  bus: Bus;
  memberships: Memberships;
  subscriptions: Subscriptions;
  clock: Clock;
}) =>
  clientEvent('enter_room', async (connection, { roomId }) => {
    const { userId, username } = connection.caller;
    const before = await deps.memberships.find(roomId, userId);
    // Hides the existence of rooms that only their members may see.
    if (!before.room) throw new AppError('room_not_found');
    const room = before.membership
      ? before.room
      : (await ask(deps.bus, calls.joinRoom, { userId, roomId })).room;
    const seq = await deps.subscriptions.start(connection, room, before.membership !== null);
    connection.send(new Frame('room_joined', { roomId, seq }));
    const timestamp = new Date(deps.clock()).toISOString();
    connection.send(new Frame('user_joined', { userId, username, roomId, type: 'temporary', timestamp }));
    return { roomId, seq };
  });
