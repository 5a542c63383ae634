import type { Message, Notification } from '@parley/contracts';
import { previewOf } from './preview.ts';
import type { Room } from './room.ts';

/** A user's share of a batch of messages in a room: a new row, or an update of their unread one. */
export interface MessageNote {
  userId: string;
  room: Room;
  latest: Message;
  count: number;
}

export interface NoteText {
  title: string;
  content: string;
  metadata: Notification['metadata'];
}

/**
 * Counts new messages per user.
 * @param messages in order
 * @param recipients users to notify of a message; the sender is excluded here
 * @param readSeq how far a user has read; messages up to there do not count
 */
export function countMessages(
  room: Room,
  messages: readonly Message[],
  recipients: (message: Message) => readonly string[],
  readSeq: (userId: string) => number,
): MessageNote[] {
  const notes = new Map<string, MessageNote>();
  for (const message of messages) {
    for (const userId of recipients(message)) {
      if (userId === message.userId || message.seq <= readSeq(userId)) continue;
      notes.set(userId, { userId, room, latest: message, count: (notes.get(userId)?.count ?? 0) + 1 });
    }
  }
  return [...notes.values()];
}

/** Text of the row for its latest message. Encrypted and deleted messages have no preview. */
export function noteText(room: Room, message: Message): NoteText {
  const preview = message.isEncrypted || message.deletedAt ? undefined : previewOf(message.content);
  const body = preview ?? (message.deletedAt ? 'Deleted message' : 'Encrypted message');
  const isDirect = room.kind === 'direct';
  return {
    title: isDirect ? message.username : (room.name ?? message.username),
    content: isDirect ? body : `${message.username}: ${body}`,
    metadata: {
      roomId: room.id,
      ...(room.name !== null && { roomName: room.name }),
      senderId: message.userId,
      senderName: message.username,
      ...(preview !== undefined && { messagePreview: preview }),
    },
  };
}
