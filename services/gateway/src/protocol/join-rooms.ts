import { Frame } from '../connections/frame.ts';
import type { Handler } from './protocol-context.ts';

export const joinRooms: Handler<'join_rooms'> = async ({ following }, connection) => {
  const { userId } = connection.caller;
  const roomIds = [...(await following.start(connection))];
  connection.send(new Frame('rooms_joined', { userId, roomIds }));
  return { userId, roomIds };
};
