import type { Message } from '@parley/contracts';
import { findSmallRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { findBlocks, type Pair } from './find-blocks.ts';
import { findMentions } from './find-mentions.ts';
import { findWatchers, type Watch } from './find-watchers.ts';
import type { Mentions } from './notify-of-mentions.ts';

export interface Audience {
  mentions: Mentions;
  /** The users that a message notifies. */
  recipients: (message: Message) => readonly string[];
}

/**
 * Finds the users to notify: those whom the messages concern, who are not viewing the room, and who
 * have no block with the author. Calls other services, so it must not run while rooms are locked.
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
  const recipients = await withoutBlocks(
    context,
    new Map(
      [...concerned].map(([message, userIds]) => [
        message,
        userIds.filter((userId) => !isWatching({ roomId: message.roomId, userId })),
      ]),
    ),
  );
  return { mentions, recipients: (message) => recipients.get(message) ?? [] };
}

/** Leaves out the users who have a block with a message's author, and the author. */
export async function withoutBlocks(context: Context, recipients: Mentions): Promise<Mentions> {
  const others = ([{ userId }, userIds]: [Message, readonly string[]]) =>
    userIds.filter((other) => other !== userId);
  const pairs = [...recipients].flatMap((entry) =>
    others(entry).map((other): Pair => [entry[0].userId, other]),
  );
  const isBlocked = await findBlocks(context, pairs);
  return new Map(
    [...recipients].map((entry) => {
      const [message] = entry;
      return [message, others(entry).filter((other) => !isBlocked(message.userId, other))];
    }),
  );
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
