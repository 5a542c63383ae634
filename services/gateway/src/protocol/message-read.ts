import type { Handler } from './protocol-context.ts';

export const messageRead: Handler<'message_read'> = async (
  { writes },
  { caller },
  { roomId, messageId = null },
) => {
  const { seq, readAt } = await writes.read(caller, { op: 'read', roomId, messageId });
  return { roomId, seq, readAt };
};
