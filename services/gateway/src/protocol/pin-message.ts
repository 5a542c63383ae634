import type { Handler } from './protocol-context.ts';

export const pinMessage: Handler<'pin_message'> = async (
  { memberships, submitter },
  { caller },
  { roomId, messageId, on },
) => {
  await memberships.require(roomId, caller);
  const message = await submitter.message(caller, { op: 'pin', roomId, messageId, on });
  return { id: message.id, seq: message.changedSeq, roomId, on: message.pinned !== undefined };
};
