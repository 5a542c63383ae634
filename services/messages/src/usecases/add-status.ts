import type { Message, MessageStatus } from '@parley/contracts';
import { statusOf } from '../domain/message-status.ts';
import { furthestBehind } from '../stores/positions.ts';
import type { Context } from './context.ts';

export interface MessageWithStatus {
  message: Message;
  status: MessageStatus;
}

/** Adds the delivery status to messages. The caller must have checked the reader's access. */
export async function addStatus({ db }: Context, messages: readonly Message[]): Promise<MessageWithStatus[]> {
  if (messages.length === 0) return [];
  const recipients = await furthestBehind(db, [...new Set(messages.map(({ roomId }) => roomId))]);
  return messages.map((message) => ({
    message,
    status: statusOf(message, recipients.get(message.roomId) ?? []),
  }));
}
