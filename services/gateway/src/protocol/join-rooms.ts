import { Frame } from '../connections/frame.ts';
import type { Handler } from './protocol-context.ts';

export const joinRooms: Handler<'join_rooms'> = async ({ following }, connection) => {
  const { userId } = connection.caller;
  const { roomIds, unheard, hasMore } = await following.start(connection);
  const joined = { userId, roomIds: [...roomIds], unheard: [...unheard], hasMore };
  connection.send(new Frame('rooms_joined', joined));
  return joined;
};
