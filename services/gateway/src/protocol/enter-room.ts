import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import type { Fleet } from '../delivery/fleet.ts';
import type { Hearing } from '../delivery/hearing.ts';
import { roomKey } from '../delivery/keys.ts';
import type { Memberships } from '../membership/memberships.ts';
import { Frame } from '../sockets/frame.ts';
import { clientEvent } from './client-event.ts';

/** A new member is told to the others by the room's timeline; who was one already, by us. */
export const enterRoom = (deps: { bus: Bus; memberships: Memberships; hearing: Hearing; fleet: Fleet; clock: Clock }) =>
  clientEvent('enter_room', async (connection, { roomId }) => {
    const { caller } = connection;
    const before = await deps.memberships.find(roomId, caller.userId);
    // Nothing is told of rooms that only their members may see.
    if (!before.room) throw new AppError('room_not_found');
    const room = before.membership ? before.room : (await ask(deps.bus, calls.joinRoom, { userId: caller.userId, roomId })).room;
    const heardBefore = deps.hearing.hears(connection, roomId);
    const seq = await deps.hearing.start(connection, room);
    connection.send(new Frame('room_joined', { roomId, seq }));
    if (before.membership && !heardBefore && room.kind !== 'direct') {
      const { userId, username } = caller;
      const timestamp = new Date(deps.clock()).toISOString();
      void deps.fleet.publish([roomKey(roomId)], {
        event: 'user_joined',
        data: { userId, username, roomId, type: 'temporary', timestamp },
      });
    }
    return { roomId, seq };
  });
