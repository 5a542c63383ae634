import type { Message } from '@parley/contracts';
import { isWanted } from '../domain/settings.ts';
import { findSmallRooms } from '../stores/rooms.ts';
import { findFollowers, findRoomLevels, findUserSettings } from '../stores/settings.ts';
import type { Context } from './context.ts';
import { findBlocks, type Pair } from './find-blocks.ts';
import { findMentions } from './find-mentions.ts';
import { findWatchers, type Watch } from './find-watchers.ts';
import type { Mentions } from './notify-of-mentions.ts';

/** In a large room, members who have chosen to know of every message. */
const maxFollowers = 1_000;

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
 * mentions and those who have chosen to know of every message; and edits everywhere only those whom
 * they mention. The users' settings decide who of them is left.
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
  const large = [...new Set(created.map(({ roomId }) => roomId))].filter((roomId) => !small.has(roomId));
  const followers = large.length > 0 ? await findFollowers(context.db, large, maxFollowers) : new Map();
  const readers = new Map<Message, readonly string[]>();
  for (const message of created) {
    const { roomId } = message;
    const some = small.get(roomId) ?? followers.get(roomId);
    if (!some) continue;
    readers.set(message, some);
    concerned.set(message, [...new Set([...(mentions.get(message) ?? []), ...some])]);
  }
  return { mentions, concerned: await asUsersWant(context, { mentions, readers, concerned }) };
}

/** @param audience.readers whom messages concern, whether or not they mention them */
async function asUsersWant(
  { db }: Context,
  { mentions, readers, concerned }: { mentions: Mentions; readers: Mentions; concerned: Mentions },
): Promise<Mentions> {
  const userIds = [...new Set([...concerned.values()].flat())];
  if (userIds.length === 0) return concerned;
  const roomIds = [...new Set([...concerned.keys()].map(({ roomId }) => roomId))];
  const rooms = await findRoomLevels(db, { roomIds, userIds });
  const users = await findUserSettings(db, userIds);
  if (rooms.size + users.size === 0) return concerned;
  const wanted = ([message, some]: [Message, readonly string[]]) =>
    some.filter((userId) => {
      const { roomId, createdAt, roomMention } = message;
      const room = rooms.get(roomId + userId);
      const byName = message.mentions?.some((one) => one.userId === userId) ?? false;
      const ofRoomOnly = roomMention !== undefined && !byName;
      const isMention =
        (mentions.get(message)?.includes(userId) ?? false) && (!ofRoomOnly || room?.roomMentions !== false);
      if (!isMention && !readers.get(message)?.includes(userId)) return false;
      return isWanted({ createdAt, isMention }, room, users.get(userId));
    });
  return new Map([...concerned].map((entry) => [entry[0], wanted(entry)]));
}

const uniqueWatches = (watches: readonly Watch[]): Watch[] => [
  ...new Map(watches.map((watch) => [watch.roomId + watch.userId, watch])).values(),
];
