import type { Handler } from './protocol-context.ts';

export const readThread: Handler<'read_thread'> = async (
  { memberships, submitter },
  { caller },
  { roomId, messageId, seq = null, unread },
) => {
  await memberships.require(roomId, caller);
  const position = await submitter.thread(caller, { op: 'thread', roomId, messageId, seq, unread });
  return { roomId, ...position };
};
