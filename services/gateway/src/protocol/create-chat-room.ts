import { ask, type Bus } from '@parley/bus';
import { calls, id } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { clientEvent } from './client-event.ts';

/** Making a room takes longer than a read: people may have to be asked for. */
const timeoutMs = 8_000;

/** The maker hears of a new room by `room_created`, the invited by `room_added`, as of every room that they come to belong to. */
export const createChatRoom = (deps: { bus: Bus; newId: () => string }) =>
  clientEvent('create_chat_room', async ({ caller }, { roomId: stated, name, invited, organizationId }) => {
    // Clients that number their organizations, as the document's examples do, mean their own.
    const claimed = id.safeParse(organizationId).data;
    if (claimed && claimed !== caller.organizationId) throw new AppError('not_authorized');
    const existing = id.safeParse(stated).data;
    const question = { userId: caller.userId, roomId: deps.newId(), existing, name, invited };
    const { room } = await ask(deps.bus, calls.createChatRoom, question, { timeoutMs });
    return { roomId: room.id, name: room.name, organizationId: room.organizationId };
  });
