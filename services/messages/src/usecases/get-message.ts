import type { Caller, Message } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { toMessage } from '../domain/timeline-row.ts';
import { findMessage } from '../stores/timeline.ts';
import type { Context } from './context.ts';
import { requireReader } from './room-access.ts';

export async function getMessage(
  context: Context,
  caller: Caller,
  roomId: string,
  messageId: string,
): Promise<Message> {
  await requireReader(context, caller, roomId);
  const row = await findMessage(context.db, roomId, messageId);
  if (!row) throw new AppError('message_not_found');
  return toMessage(row);
}
