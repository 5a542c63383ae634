import type { Clock } from '@parley/runtime';
import type { Fleet } from '../delivery/fleet.ts';
import type { Hearing } from '../delivery/hearing.ts';
import { roomKey } from '../delivery/keys.ts';
import { clientEvent } from './client-event.ts';

/** For this connection only: the membership stays. The others are told, as the contract has it. */
export const leaveRoom = (deps: { hearing: Hearing; fleet: Fleet; clock: Clock }) =>
  clientEvent('leave_room', async (connection, { roomId }) => {
    if (await deps.hearing.stop(connection, roomId)) {
      const { userId, username } = connection.caller;
      const timestamp = new Date(deps.clock()).toISOString();
      void deps.fleet.publish([roomKey(roomId)], { event: 'user_left', data: { userId, username, roomId, type: 'temporary', timestamp } });
    }
    return { roomId };
  });
