import type { Handler } from './protocol-context.ts';

export const deleteMessage: Handler<'delete_message'> = async (
  { writes },
  { caller },
  { roomId, messageId },
) => {
  const message = await writes.message(caller, { op: 'delete', roomId, messageId });
  return { id: message.id, seq: message.changedSeq, roomId, deletedAt: message.deletedAt };
};
