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
 * Finds the users to notify: those whom the messages concern and who are not viewing the room.
 * Calls a gateway, so it must not run while rooms are locked.
 */
export async function findAudience(
  context: Context,
  created: readonly Message[],
  edited: readonly Message[],
): Promise<Audience> {
  const { mentions, concerned } = await findConcerned(context, created, edited);
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

/**
 * Finds the users whom messages concern: in small rooms all members, in others those whom a message
 * mentions; and edits everywhere only those whom they mention.
 */
export async function findConcerned(
  context: Context,
  created: readonly Message[],
  edited: readonly Message[] = [],
): Promise<{ mentions: Mentions; concerned: Mentions }> {
  const messages = [...new Set([...created, ...edited])];
  const roomIds = [...new Set(messages.map(({ roomId }) => roomId))];
  if (roomIds.length === 0) return { mentions: new Map(), concerned: new Map() };
  const small = await findSmallRooms(context.db, roomIds, context.notifyAllUpTo);
  const mentions = await findMentions(context, messages);
  const concerned = new Map<Message, readonly string[]>(mentions);
  for (const message of created) {
    const everyone = small.get(message.roomId);
    if (everyone) concerned.set(message, everyone);
  }
  return { mentions, concerned };
}

const uniqueWatches = (watches: readonly Watch[]): Watch[] => [
  ...new Map(watches.map((watch) => [watch.roomId + watch.userId, watch])).values(),
];
