import type { Handler } from './protocol-context.ts';

export const messageRead: Handler<'message_read'> = async (
  { memberships, submitter },
  { caller },
  { roomId, messageId = null, threads },
) => {
  await memberships.require(roomId, caller);
  const apart = threads && { threads: 'apart' as const };
  const { seq, readAt } = await submitter.read(caller, { op: 'read', roomId, messageId, ...apart });
  return { roomId, seq, readAt };
};
