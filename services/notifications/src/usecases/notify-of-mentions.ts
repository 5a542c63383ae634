import { erasedName, type Message } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import type { MessageVersion } from '../domain/message-changes.ts';
import { type CountedMessage, type MessageNote, toNoted } from '../domain/message-note.ts';
import type { Room } from '../domain/room.ts';
import { countLate } from '../stores/counted-messages.ts';
import { type Mention, recordMentions } from '../stores/mentions.ts';
import { addMessages, showMessages } from '../stores/message-rows.ts';
import type { Delivered } from '../stores/notification-row.ts';

interface Edited extends MessageVersion {
  room: Room;
}

/** Message → the members whom it mentions. */
export type Mentions = ReadonlyMap<Message, readonly string[]>;

export const byMessageId = (mentions: Mentions): ReadonlyMap<string, readonly string[]> =>
  new Map([...mentions].map(([{ id }, userIds]) => [id, userIds]));

export const pairsOf = (messages: readonly Message[], mentions: Mentions): Mention[] =>
  messages.flatMap((message) =>
    (mentions.get(message) ?? []).map((userId) => ({ messageId: message.id, userId })),
  );

/**
 * Notifies of mentions that an edit has added, once: a mention that is removed and added again
 * notifies nobody. The erasure of an author changes messages, too, but adds no mention.
 * @param needsNotification whether a mentioned user needs a notification
 */
export async function notifyOfMentions(
  trx: Transaction,
  edited: readonly Edited[],
  mentions: Mentions,
  needsNotification: (message: Message, userId: string) => boolean,
  { newId, now }: { newId: () => string; now: Date },
): Promise<Delivered[]> {
  const latest = new Map(
    edited
      .filter(({ message }) => message.username !== erasedName)
      .map((one) => [one.message.id, one] as const),
  );
  const texts = [...latest.values()].map(({ message }) => message);
  const fresh = (await recordMentions(trx, pairsOf(texts, mentions))).flatMap(({ messageId, userId }) => {
    const one = latest.get(messageId);
    if (!one || !needsNotification(one.message, userId)) return [];
    const noted = toNoted(one.message, one.changedSeq);
    return [{ userId, room: one.room, latest: noted, firstSeq: noted.seq, count: 1, mentions: 1 }];
  });
  if (fresh.length === 0) return [];
  await countLate(trx, countedBy(fresh));
  // A user has one unread row per room: it shows the last of several mentions and counts them all.
  const notes = new Map<string, MessageNote>();
  for (const note of fresh) {
    const key = note.room.id + note.userId;
    const earlier = notes.get(key) ?? { ...note, count: 0 };
    const firstSeq = Math.min(earlier.firstSeq, note.firstSeq);
    const count = earlier.count + 1;
    notes.set(key, { ...note, firstSeq, count, mentions: count });
  }
  const shown = await showMessages(trx, [...notes.values()], now);
  for (const { userId, notification } of shown) notes.delete(`${notification.metadata.roomId}${userId}`);
  return [...shown, ...(await addMessages(trx, [...notes.values()], newId, now))];
}

/** Each message once, with the users who count it. */
function countedBy(notes: readonly MessageNote[]): CountedMessage[] {
  const counted = new Map<string, CountedMessage>();
  for (const { latest, userId } of notes) {
    const recipients = [...(counted.get(latest.id)?.recipients ?? []), userId];
    counted.set(latest.id, { ...latest, recipients });
  }
  return [...counted.values()];
}
