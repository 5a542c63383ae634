import { AppError } from '@parley/errors';
import type { Handler } from './protocol-context.ts';

export const typing: Handler<'typing'> = async (
  { memberships, typists },
  connection,
  { roomId, isTyping },
) => {
  const { room, membership } = await memberships.require(roomId, connection.caller);
  if (!membership.canSend) throw new AppError('blocked');
  if (isTyping) await typists.begin(connection, room);
  else typists.end(connection, roomId);
  return { roomId };
};
