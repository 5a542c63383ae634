import type { Message, Notification } from '@parley/contracts';
import { previewOf } from './preview.ts';
import type { Room } from './room.ts';

/** The part of a message that inboxes keep while unread rows count it. */
export interface NotedMessage {
  id: string;
  roomId: string;
  seq: number;
  /** `seq` of its last change: the higher one is the current text. */
  changedSeq: number;
  userId: string;
  username: string;
  /** Null: a person, or stored by an earlier release. */
  isBot: true | null;
  /** Null: encrypted. */
  preview: string | null;
}

/** A message and the users whose rows count it. */
export interface CountedMessage extends NotedMessage {
  recipients: string[];
}

/** A user's share of a batch of messages in a room: a new row, or an update of their unread one. */
export interface MessageNote {
  userId: string;
  room: Room;
  latest: NotedMessage;
  firstSeq: number;
  count: number;
  /** How many of them mention the user. */
  mentions: number;
}

export interface NoteText {
  title: string;
  content: string;
  metadata: Notification['metadata'];
}

export const toNoted = (message: Message, changedSeq: number): NotedMessage => ({
  id: message.id,
  roomId: message.roomId,
  seq: message.seq,
  changedSeq,
  userId: message.userId,
  username: message.username,
  isBot: message.isBot ?? null,
  preview: message.isEncrypted ? null : previewOf(message.content),
});

/**
 * Counts new messages per user.
 * @param messages in order
 * @param mentions message id → the users whom it mentions
 */
export function countMessages(
  room: Room,
  messages: readonly CountedMessage[],
  mentions: ReadonlyMap<string, readonly string[]>,
): MessageNote[] {
  const notes = new Map<string, MessageNote>();
  for (const { recipients, ...latest } of messages) {
    for (const userId of recipients) {
      const before = notes.get(userId) ?? { firstSeq: latest.seq, count: 0, mentions: 0 };
      notes.set(userId, {
        ...{ userId, room, latest, firstSeq: before.firstSeq, count: before.count + 1 },
        mentions: before.mentions + (mentions.get(latest.id)?.includes(userId) ? 1 : 0),
      });
    }
  }
  return [...notes.values()];
}

/** Text of the row for its latest message. Encrypted messages have no preview. */
export function noteText(room: Room, { userId, username, isBot, preview }: NotedMessage): NoteText {
  const body = preview ?? 'Encrypted message';
  const isDirect = room.kind === 'direct';
  return {
    title: isDirect ? username : (room.name ?? username),
    content: isDirect ? body : `${username}: ${body}`,
    metadata: {
      roomId: room.id,
      ...(room.name !== null && { roomName: room.name }),
      senderId: userId,
      senderName: username,
      ...(isBot && { senderIsBot: isBot }),
      ...(preview !== null && { messagePreview: preview }),
    },
  };
}
