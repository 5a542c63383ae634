import { ask } from '@parley/bus';
import { type Caller, calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Handler, ProtocolContext } from './protocol-context.ts';

export const reactMessage: Handler<'react_message'> = async (
  context,
  { caller },
  { roomId: stated, messageId, reaction, on, ifSeq, ifChangedSeq },
) => {
  const roomId = stated ?? (await locate(context, caller, messageId));
  await context.memberships.require(roomId, caller);
  const write = { op: 'react', roomId, messageId, reaction, on, ifSeq, ifChangedSeq } as const;
  const message = await context.submitter.message(caller, write);
  return { id: message.id, seq: message.changedSeq, roomId, reactions: message.reactions };
};

/** Messages in rooms of others appear not to exist. */
async function locate(
  { bus, memberships, roomsOfMessages }: ProtocolContext,
  { userId }: Caller,
  messageId: string,
): Promise<string> {
  const known = roomsOfMessages.get(messageId);
  const roomId = known ?? (await ask(bus, calls.locateMessage, { messageId })).roomId;
  if (!roomId) throw new AppError('message_not_found');
  roomsOfMessages.set(messageId, roomId);
  const { membership } = await memberships.find(roomId, userId);
  if (!membership) throw new AppError('message_not_found');
  return roomId;
}
