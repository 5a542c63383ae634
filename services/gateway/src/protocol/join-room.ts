import { AppError } from '@parley/errors';
import { Frame } from '../connections/frame.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import type { Memberships } from '../membership/memberships.ts';
import { clientEvent } from './client-event.ts';

export const joinRoom = (deps: { memberships: Memberships; subscriptions: Subscriptions }) =>
  clientEvent('join_room', async (connection, { roomId }) => {
    const { room } = await deps.memberships.require(roomId, connection.caller);
    // A user removed after `require` answered was evicted before being subscribed.
    if (deps.memberships.isOut(roomId, connection.caller.userId)) throw new AppError('room_not_found');
    const seq = await deps.subscriptions.start(connection, room);
    connection.send(new Frame('room_joined', { roomId, seq }));
    return { roomId, seq };
  });
