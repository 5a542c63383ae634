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
      if (change.pin) return [new Frame('message_pinned', pinned(change, change.pin, now))];
      return [new Frame('message_edited', edited(change))];
    case 'message.deleted':
      return [new Frame('message_deleted', deleted(change, now))];
    case 'message.reacted':
      return [new Frame('message_reaction', reacted(change, now))];
    case 'member.joined':
      return [new Frame('user_joined', joined(change))];
    case 'member.left':
      return [new Frame('user_left', { ...member(change), type: 'permanent' })];
    case 'read.advanced':
      return read(change);
    case 'delivery.advanced':
      return delivered(change, now);
    case 'thread.moved':
      return [new Frame('thread_read', threadRead(change, now))];
    default:
      // Of a later release.
      return [];
  }
}

/** @param people the two users of a direct room */
export function received(message: Message, people?: readonly string[]) {
  const { id, roomId, seq, userId, username, content, clientId, replyTo, isEncrypted, createdAt } = message;
  const { isBot, threadRootSeq, alsoInRoom } = message;
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
    ...(isBot && { isBot }),
    content,
    clientId,
    replyTo,
    isEncrypted,
    ...mentionsOf(message),
    createdAt,
    timestamp: createdAt,
    ...(threadRootSeq !== undefined && { threadRootSeq, ...(alsoInRoom && { alsoInRoom }) }),
    ...direct,
  };
}

const mentionsOf = ({ mentions, roomMention }: Message) => ({
  ...(mentions && { mentions }),
  ...(roomMention && { roomMention }),
});

function edited({ seq, message }: ChangeOf<'message.created' | 'message.edited' | 'message.deleted'>) {
  const { id, roomId, userId, username, isBot, content, pinned } = message;
  // A gap filler reports a message's last change as an edit, whether or not the text changed.
  const editedAt = message.editedAt ?? message.createdAt;
  const author = { userId, username, ...(isBot && { isBot }) };
  return {
    ...{ id, roomId, seq, ...author, content },
    ...mentionsOf(message),
    ...(pinned && { pinned }),
    ...{ editedAt, timestamp: editedAt },
  };
}

function pinned(
  { roomId, seq, message }: ChangeOf<'message.edited'>,
  { by, on }: NonNullable<ChangeOf<'message.edited'>['pin']>,
  now: string,
) {
  return { messageId: message.id, roomId, seq, ...by, on, timestamp: message.pinned?.at ?? now };
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
  const { userId, username, isBot } = by;
  return { userId, username, ...(isBot && { isBot }), roomId, seq, timestamp: time };
}

function joined(change: ChangeOf<'member.joined' | 'member.left'>) {
  const { atCreation } = change;
  return { ...member(change), type: 'permanent' as const, ...(atCreation && { atCreation }) };
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

function threadRead({ roomId, by, position }: ChangeOf<'thread.moved'>, now: string) {
  return { roomId, userId: by.userId, ...position, timestamp: now };
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
