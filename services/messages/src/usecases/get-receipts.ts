import type { Caller } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { countReached, type Reached } from '../stores/reached.ts';
import { findMessage } from '../stores/timeline.ts';
import type { Context } from './context.ts';
import { requireReader } from './room-access.ts';

/**
 * Counts the members whom a message of the caller has reached.
 * @throws AppError `not_authorized` for a message of another user
 */
export async function getReceipts(
  context: Context,
  caller: Caller,
  roomId: string,
  messageId: string,
): Promise<Reached & { messageId: string }> {
  await requireReader(context, caller, roomId);
  const message = await findMessage(context.db, roomId, messageId);
  if (!message) throw new AppError('message_not_found');
  if (message.senderId !== caller.userId) throw new AppError('not_authorized');
  return { messageId, ...(await countReached(context.db, roomId, caller.userId, message.seq)) };
}
