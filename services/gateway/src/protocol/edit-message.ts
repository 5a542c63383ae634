import type { Handler } from './protocol-context.ts';

export const editMessage: Handler<'edit_message'> = async (
  { memberships, submitter },
  { caller },
  { roomId, messageId, content, mentions, ifSeq, ifChangedSeq },
) => {
  await memberships.require(roomId, caller);
  const edit = { roomId, messageId, content, mentions, ifSeq, ifChangedSeq };
  const message = await submitter.message(caller, { op: 'edit', ...edit });
  return { id: message.id, seq: message.changedSeq, roomId, editedAt: message.editedAt };
};
