import type { Handler } from './protocol-context.ts';

export const messageRead: Handler<'message_read'> = async (
  { memberships, submitter },
  { caller },
  { roomId, messageId = null },
) => {
  await memberships.require(roomId, caller);
  const { seq, readAt } = await submitter.read(caller, { op: 'read', roomId, messageId });
  return { roomId, seq, readAt };
};
