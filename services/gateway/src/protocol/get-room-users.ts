import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { Frame } from '../connections/frame.ts';
import type { Handler } from './protocol-context.ts';

const maxUsers = 1_000;

export const getRoomUsers: Handler<'get_room_users'> = async (
  { bus, blocks, memberships, presence },
  connection,
  { roomId },
) => {
  await memberships.require(roomId, connection.caller);
  const { members } = await ask(bus, calls.getRoomMembers, { roomId, limit: maxUsers });
  const userIds = members.map((member) => member.userId);
  // Users between whom there is a block do not see each other's presence.
  const online = await presence.online(await blocks.without(connection.caller.userId, userIds));
  const users = members.map(({ userId, username, isBot }) => ({
    userId,
    username,
    ...(isBot && { isBot }),
    isOnline: online.has(userId),
  }));
  connection.send(new Frame('room_users', { roomId, users }));
  return { roomId, users };
};
