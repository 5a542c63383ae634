import { erasedName, type Message } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import type { MessageNote } from '../domain/message-note.ts';
import type { Room } from '../domain/room.ts';
import { type Mention, recordMentions } from '../stores/mentions.ts';
import { addMessages, type Delivered, showMessages } from '../stores/notifications.ts';

interface Edited {
  room: Room;
  message: Message;
}

/** Message → the members whom it mentions. */
export type Mentions = ReadonlyMap<Message, readonly string[]>;

export const pairsOf = (messages: readonly Message[], mentions: Mentions): Mention[] =>
  messages.flatMap((message) =>
    (mentions.get(message) ?? []).map((userId) => ({ messageId: message.id, userId })),
  );

/**
 * Notifies of mentions that an edit has added, once: a mention that is removed and added again
 * notifies nobody. The erasure of an author changes messages, too, but adds no mention.
 * @param audience whether a mentioned user needs a notification, and whether everyone was notified
 *   of the room's messages already
 */
export async function notifyOfMentions(
  trx: Transaction,
  edited: readonly Edited[],
  mentions: Mentions,
  audience: {
    needsNotification: (message: Message, userId: string) => boolean;
    isCounted: (roomId: string) => boolean;
  },
  { newId, now }: { newId: () => string; now: Date },
): Promise<Delivered[]> {
  const latest = new Map(
    edited
      .filter(({ message }) => message.username !== erasedName)
      .map((one) => [one.message.id, one] as const),
  );
  const texts = [...latest.values()].map(({ message }) => message);
  // A user has one unread row per room, so it shows the last of several mentions.
  const notes = new Map<string, MessageNote>();
  for (const { messageId, userId } of await recordMentions(trx, pairsOf(texts, mentions))) {
    const one = latest.get(messageId);
    if (one && audience.needsNotification(one.message, userId))
      notes.set(one.room.id + userId, { userId, room: one.room, latest: one.message, count: 1 });
  }
  const counted = [...notes.values()].filter(({ room }) => audience.isCounted(room.id));
  const shown = counted.length > 0 ? await showMessages(trx, counted, now) : [];
  for (const { userId, notification } of shown) notes.delete(`${notification.metadata.roomId}${userId}`);
  const added = notes.size > 0 ? await addMessages(trx, [...notes.values()], newId, now) : [];
  return [...shown, ...added];
}
