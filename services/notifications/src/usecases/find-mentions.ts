import type { Message } from '@parley/contracts';
import { hasMentionSign, possibleMentions } from '@parley/contracts/text';
import { chunks } from '@parley/runtime/async';
import { findNamedMembers } from '../stores/mentions.ts';
import { findAllMembers } from '../stores/rooms.ts';
import type { Context } from './context.ts';

/** Names per statement. A message of nothing but mentions may have thousands. */
const namesAtOnce = 5_000;

/** Message → the members whom it mentions, those with blocks too, and its author. */
export async function findMentions(
  context: Context,
  messages: readonly Message[],
): Promise<Map<Message, readonly string[]>> {
  const present = messages.filter(({ deletedAt }) => deletedAt === null);
  const ofRooms = present.filter(({ roomMention }) => roomMention !== undefined);
  const everybody =
    ofRooms.length > 0
      ? await findAllMembers(
          context.db,
          ofRooms.map(({ roomId }) => roomId),
        )
      : new Map<string, string[]>();
  const stated = present.flatMap((message): [Message, readonly string[]][] => {
    const { roomId, mentions, roomMention } = message;
    if (roomMention) return [[message, everybody.get(roomId) ?? []]];
    return mentions ? [[message, [...new Set(mentions.map(({ userId }) => userId))]]] : [];
  });
  const named = await findNamed(
    context,
    present.filter(({ mentions, isEncrypted }) => !mentions && !isEncrypted),
  );
  return new Map([...stated.filter(([, userIds]) => userIds.length > 0), ...named]);
}

/** Of messages that were stored before mentions were: for each mention, the longest name. */
async function findNamed({ db }: Context, messages: readonly Message[]): Promise<Map<Message, string[]>> {
  const asked = messages
    .filter(({ content }) => hasMentionSign(content))
    .map((message) => ({
      message,
      roomId: message.roomId,
      mentions: possibleMentions(message.content).map(({ names }) => names),
    }))
    .filter(({ mentions }) => mentions.length > 0);
  const members = new Map<string, string[]>();
  for (const wanted of chunks(wantedNames(asked), namesAtOnce)) {
    for (const { roomId, name, userId } of await findNamedMembers(db, wanted)) {
      const key = roomId + name;
      members.set(key, [...(members.get(key) ?? []), userId]);
    }
  }
  return new Map(
    asked.map(({ message, roomId, mentions }) => {
      const userIds = mentions.flatMap((names) => {
        const longest = names.find((name) => members.has(roomId + name));
        return longest === undefined ? [] : (members.get(roomId + longest) ?? []);
      });
      return [message, [...new Set(userIds)]];
    }),
  );
}

/** Each name of a room once. */
function wantedNames(asked: readonly { roomId: string; mentions: readonly (readonly string[])[] }[]) {
  const rooms = new Map<string, Set<string>>();
  for (const { roomId, mentions } of asked) {
    const names = rooms.get(roomId) ?? new Set();
    for (const name of mentions.flat()) names.add(name);
    rooms.set(roomId, names);
  }
  return [...rooms].flatMap(([roomId, names]) => [...names].map((name) => ({ roomId, name })));
}
