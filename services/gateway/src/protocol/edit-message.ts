import type { Handler } from './protocol-context.ts';

export const editMessage: Handler<'edit_message'> = async (
  { memberships, submitter },
  { caller },
  { roomId, messageId, content },
) => {
  await memberships.require(roomId, caller);
  const message = await submitter.message(caller, { op: 'edit', roomId, messageId, content });
  return { id: message.id, seq: message.changedSeq, roomId, editedAt: message.editedAt };
};
