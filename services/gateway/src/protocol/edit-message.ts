import type { Handler } from './protocol-context.ts';

export const editMessage: Handler<'edit_message'> = async (
  { writes },
  { caller },
  { roomId, messageId, content },
) => {
  const message = await writes.message(caller, { op: 'edit', roomId, messageId, content });
  return { id: message.id, seq: message.changedSeq, roomId, editedAt: message.editedAt };
};
