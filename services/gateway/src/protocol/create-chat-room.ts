import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { clientEvent } from './client-event.ts';

/** Making a room takes longer than a read: people may have to be asked for. */
const timeoutMs = 8_000;

/** The invited hear of it by `room_added`, as of every room that they come to belong to. */
export const createChatRoom = (deps: { bus: Bus; newId: () => string }) =>
  clientEvent('create_chat_room', async ({ caller }, { roomId = deps.newId(), name, invited, organizationId }) => {
    if (organizationId && organizationId !== caller.organizationId) throw new AppError('not_authorized');
    const { room } = await ask(deps.bus, calls.createChatRoom, { userId: caller.userId, roomId, name, invited }, { timeoutMs });
    return { roomId: room.id, name: room.name, organizationId: room.organizationId };
  });
