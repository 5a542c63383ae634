import type { Message } from '@parley/contracts';
import { chunks } from '@parley/runtime/async';
import { possibleMentions } from '../domain/mentions.ts';
import { findNamedMembers } from '../stores/mentions.ts';
import type { Context } from './context.ts';

/** Names per statement. A message of nothing but mentions may have thousands. */
const namesAtOnce = 5_000;

/** Message → the members of its room whom it mentions: for each mention, the longest name. */
export async function findMentions(
  { db }: Context,
  messages: readonly Message[],
): Promise<Map<Message, string[]>> {
  const asked = messages
    .filter(({ isEncrypted, deletedAt }) => !isEncrypted && deletedAt === null)
    .map((message) => ({ message, roomId: message.roomId, mentions: possibleMentions(message.content) }))
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
