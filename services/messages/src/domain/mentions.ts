import {
  type Mention,
  type MentionRequest,
  type Message,
  maxMentionedUsers,
  type RoomMention,
} from '@parley/contracts';
import { hasMentionSign, type PossibleMention, possibleMentions } from '@parley/contracts/text';

/** As stored with a message. Without a `userId`, it mentions all members of the room. */
export type StoredMention = Mention | (RoomMention & { userId?: undefined });

/** The name that mentions all members, unless a member has it. */
const roomName = 'room';
/** Later ones in a text mention nobody. */
const maxPossible = 200;
/** Places that a message stores. */
const maxPlaces = 100;

export const isOfRoom = ({ userId }: StoredMention): boolean => userId === undefined;
export const withoutRoom = (mentions: readonly StoredMention[]): StoredMention[] =>
  mentions.filter((one) => !isOfRoom(one));

/** Nobody has to be looked for in other messages. */
export const mayMention = (content: string, request: MentionRequest | undefined): boolean =>
  request !== undefined || hasMentionSign(content);

export const possibleIn = (content: string): PossibleMention[] =>
  possibleMentions(content).slice(0, maxPossible);

/**
 * The mentions of a text, in its order: for each possible one, the members with the longest name.
 * @param members name → the users who may be mentioned with it
 */
export function placeMentions(
  possible: readonly PossibleMention[],
  members: ReadonlyMap<string, readonly string[]>,
  mayNameRoom: boolean,
): StoredMention[] {
  const users = new Set<string>();
  const mentions: StoredMention[] = [];
  for (const { names, placeOf } of possible) {
    const name = names.find((one) => members.has(one) || (mayNameRoom && one === roomName));
    if (name === undefined) continue;
    const place = placeOf(name);
    for (const userId of members.get(name) ?? [undefined]) {
      if (userId !== undefined && !users.has(userId) && users.size === maxMentionedUsers) continue;
      if (userId === undefined) mentions.push({ ...place });
      else mentions.push({ userId, ...place });
      if (userId !== undefined) users.add(userId);
    }
    if (mentions.length >= maxPlaces) break;
  }
  return mentions;
}

/** Adds what a client has asked for and the text does not name. */
export function completeMentions(
  placed: readonly StoredMention[],
  userIds: readonly string[],
  room: boolean,
): StoredMention[] {
  const named = new Set(placed.map(({ userId }) => userId));
  const missing = userIds.filter((userId) => !named.has(userId)).map((userId) => ({ userId }));
  return [...placed, ...missing, ...(room && !placed.some(isOfRoom) ? [{}] : [])];
}

/** Whether both mention the same users and the room, wherever in the text. */
export function mentionsSame(
  one: readonly StoredMention[] | null,
  other: readonly StoredMention[] | null,
): boolean {
  const keys = (mentions: readonly StoredMention[] | null) =>
    [...new Set((mentions ?? []).map(({ userId = '' }) => userId))].sort().join();
  return keys(one) === keys(other);
}

/** The fields of a message. None if nobody had to be looked for, as in most messages. */
export function toMentionFields(
  mentions: readonly StoredMention[] | null,
): Pick<Message, 'mentions' | 'roomMention'> {
  if (!mentions) return {};
  const ofRoom = mentions.find(isOfRoom);
  return {
    mentions: mentions.flatMap(({ userId, ...place }) =>
      userId === undefined ? [] : [{ userId, ...inOrder(place) }],
    ),
    ...(ofRoom && { roomMention: inOrder(ofRoom) }),
  };
}

/** The database does not keep the order of fields. */
const inOrder = ({ start, length }: RoomMention): RoomMention =>
  start === undefined || length === undefined ? {} : { start, length };
