import { Frame } from '../connections/frame.ts';
import type { Following } from '../membership/following.ts';
import { clientEvent } from './client-event.ts';

export const joinRooms = (following: Following) =>
  clientEvent('join_rooms', async (connection) => {
    const { userId } = connection.caller;
    const roomIds = [...(await following.start(connection))];
    connection.send(new Frame('rooms_joined', { userId, roomIds }));
    return { userId, roomIds };
  });
