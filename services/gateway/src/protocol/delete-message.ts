import type { Handler } from './protocol-context.ts';

export const deleteMessage: Handler<'delete_message'> = async (
  { memberships, submitter },
  { caller },
  { roomId, messageId },
) => {
  await memberships.require(roomId, caller);
  const message = await submitter.message(caller, { op: 'delete', roomId, messageId });
  return { id: message.id, seq: message.changedSeq, roomId, deletedAt: message.deletedAt };
};
