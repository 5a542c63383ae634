import { AppError } from '@parley/errors';
import type { Memberships } from '../membership/memberships.ts';
import type { Typists } from '../presence/typists.ts';
import { clientEvent } from './client-event.ts';

export const typing = (deps: { memberships: Memberships; typists: Typists }) =>
  clientEvent('typing', async (connection, { roomId, isTyping }) => {
    const { room, membership } = await deps.memberships.require(roomId, connection.caller);
    if (!membership.canSend) throw new AppError('blocked');
    if (isTyping) deps.typists.begin(connection, room);
    else deps.typists.end(connection, roomId);
    return { roomId };
  });
