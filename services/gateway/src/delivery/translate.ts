import type { Change, ChangeOf, Message } from '@parley/contracts';
import { Frame } from '../connections/frame.ts';

/**
 * Translates a change to canonical events.
 * @param now ISO 8601, for changes that do not carry their time
 */
export function translate(change: Change, now: string): Frame[] {
  switch (change.kind) {
    case 'message.created':
      return [new Frame('receive_message', received(change.message, change.to))];
    case 'message.edited':
      return [new Frame('message_edited', edited(change))];
    case 'message.deleted':
      return [new Frame('message_deleted', deleted(change, now))];
    case 'message.reacted':
      return [new Frame('message_reaction', reacted(change, now))];
    case 'member.joined':
      return [new Frame('user_joined', { ...member(change), type: 'permanent' })];
    case 'member.left':
      return [new Frame('user_left', { ...member(change), type: 'permanent' })];
    case 'read.advanced':
      return read(change);
    case 'delivery.advanced':
      return delivered(change, now);
  }
}

/** @param people the two users of a direct room */
export function received(message: Message, people?: readonly string[]) {
  const { id, roomId, seq, userId, username, content, clientId, replyTo, isEncrypted, createdAt } = message;
  const receiver = people?.find((person) => person !== userId);
  const direct = receiver
    ? { sender_id: userId, receiver_id: receiver, created_at: createdAt, from: userId, message: content }
    : {};
  return {
    id,
    roomId,
    seq,
    userId,
    username,
    content,
    clientId,
    replyTo,
    isEncrypted,
    createdAt,
    timestamp: createdAt,
    ...direct,
  };
}

function edited({ seq, message }: ChangeOf<'message.created' | 'message.edited' | 'message.deleted'>) {
  const { id, roomId, userId, username, content } = message;
  // A gap filler reports a message's last change as an edit, whether or not the text changed.
  const editedAt = message.editedAt ?? message.createdAt;
  return { id, roomId, seq, userId, username, content, editedAt, timestamp: editedAt };
}

function deleted(
  { seq, message }: ChangeOf<'message.created' | 'message.edited' | 'message.deleted'>,
  now: string,
) {
  const deletedAt = message.deletedAt ?? now;
  return { id: message.id, roomId: message.roomId, seq, deletedAt, timestamp: deletedAt };
}

function reacted({ seq, message, by, reaction, on }: ChangeOf<'message.reacted'>, now: string) {
  const counts = Object.fromEntries(message.reactions.map((one) => [one.reaction, one.count]));
  return { messageId: message.id, roomId: message.roomId, seq, ...by, reaction, on, counts, timestamp: now };
}

function member({ roomId, seq, by, time }: ChangeOf<'member.joined' | 'member.left'>) {
  return { userId: by.userId, username: by.username, roomId, seq, timestamp: time };
}

function read({ roomId, by, messageId, position }: ChangeOf<'read.advanced'>): Frame[] {
  const { seq, readAt } = position;
  const frames: Frame[] = [
    new Frame('messages_read', { userId: by.userId, username: by.username, readAt, roomId, seq }),
  ];
  if (messageId) {
    frames.push(
      new Frame('message_status_updated', {
        messageId,
        roomId,
        status: 'read',
        readerId: by.userId,
        timestamp: readAt,
      }),
    );
  }
  return frames;
}

function delivered({ roomId, by, messageId }: ChangeOf<'delivery.advanced'>, now: string): Frame[] {
  if (!messageId) return [];
  return [
    new Frame('message_delivered', {
      messageId,
      roomId,
      userId: by.userId,
      status: 'delivered',
      timestamp: now,
    }),
  ];
}
