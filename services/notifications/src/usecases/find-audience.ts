import type { Message } from '@parley/contracts';
import { findSmallRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { findMentions } from './find-mentions.ts';
import { findWatchers, type Watch } from './find-watchers.ts';
import type { Mentions } from './notify-of-mentions.ts';

export interface Audience {
  mentions: Mentions;
  /** The users that a message notifies; may include its sender. */
  recipients: (message: Message) => readonly string[];
}

/**
 * Finds the users to notify: in small rooms of every message, in others of those that mention them,
 * and of edits everywhere only those that mention them. Calls a gateway, so it must not run while
 * rooms are locked.
 */
export async function findAudience(
  context: Context,
  created: readonly Message[],
  edited: readonly Message[],
): Promise<Audience> {
  const messages = [...new Set([...created, ...edited])];
  const roomIds = [...new Set(messages.map(({ roomId }) => roomId))];
  if (roomIds.length === 0) return { mentions: new Map(), recipients: () => [] };
  const small = await findSmallRooms(context.db, roomIds, context.notifyAllUpTo);
  const mentions = await findMentions(context, messages);
  const concerned = new Map<Message, readonly string[]>(mentions);
  for (const message of created) {
    const everyone = small.get(message.roomId);
    if (everyone) concerned.set(message, everyone);
  }
  const watches = [...concerned].flatMap(([{ roomId }, userIds]) =>
    userIds.map((userId) => ({ roomId, userId })),
  );
  const isWatching = await findWatchers(context, uniqueWatches(watches));
  return {
    mentions,
    recipients: (message) =>
      (concerned.get(message) ?? []).filter((userId) => !isWatching({ roomId: message.roomId, userId })),
  };
}

const uniqueWatches = (watches: readonly Watch[]): Watch[] => [
  ...new Map(watches.map((watch) => [watch.roomId + watch.userId, watch])).values(),
];
