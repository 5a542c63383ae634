import { ask } from '@parley/bus';
import { calls, id } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Handler } from './protocol-context.ts';

/** Creating a room takes longer than a read, because invited users may have to be looked up. */
const timeoutMs = 8_000;

/**
 * The owner receives `room_created`; invited users receive `room_added`, as for every new
 * membership.
 */
export const createChatRoom: Handler<'create_chat_room'> = async (
  { bus, newId },
  { caller },
  { roomId: stated, name, invited, organizationId },
) => {
  // Some clients number their organizations, as in the document's examples. A number means their
  // own organization.
  const claimed = id.safeParse(organizationId).data;
  if (claimed && claimed !== caller.organizationId) throw new AppError('not_authorized');
  const existing = id.safeParse(stated).data;
  const question = { userId: caller.userId, roomId: newId(), existing, name, invited };
  const { room } = await ask(bus, calls.createChatRoom, question, { timeoutMs });
  return { roomId: room.id, name: room.name, organizationId: room.organizationId };
};
