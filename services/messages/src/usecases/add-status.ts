import type { Message, MessageStatus } from '@parley/contracts';
import { statusOf } from '../domain/message-status.ts';
import { furthestBehind } from '../stores/positions.ts';
import type { CommonContext } from './context.ts';

export interface MessageWithStatus {
  message: Message;
  status: MessageStatus;
}

/** Adds the delivery status to messages. The caller must have checked the reader's access. */
export async function addStatus(
  { databases }: CommonContext,
  messages: readonly Message[],
): Promise<MessageWithStatus[]> {
  const roomIds = [...new Set(messages.map(({ roomId }) => roomId))];
  const recipients = new Map(
    await databases.gather(roomIds, async ({ db }, some) => [...(await furthestBehind(db, some))]),
  );
  return messages.map((message) => ({
    message,
    status: statusOf(message, recipients.get(message.roomId) ?? []),
  }));
}
