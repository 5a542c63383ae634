import type { Profile, RoomView } from '@parley/contracts';
import { foldName } from '@parley/contracts/text/fold';
import type { ParleyClient } from '../client.ts';
import { ParleyError } from '../parley-error.ts';
import type { Context } from './context.ts';

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
const same = (a: string | null | undefined, b: string) => foldName(a ?? '') === foldName(b);
/** Limits the search by name; further users and rooms need their id. */
const maxPages = 25;

/** All rooms that the user may see, or belongs to. */
export async function allRooms(client: ParleyClient, query: { mine?: boolean } = {}): Promise<RoomView[]> {
  const rooms: RoomView[] = [];
  let cursor: string | null | undefined;
  for (let pages = 0; pages < maxPages && cursor !== null; pages++) {
    const page = await client.rooms({ ...query, limit: 200, ...(cursor && { cursor }) });
    rooms.push(...page.rooms);
    cursor = page.nextCursor;
  }
  return rooms;
}

/** The user's rooms of that name. */
export const ownRooms = async (client: ParleyClient, name: string): Promise<RoomView[]> =>
  (await allRooms(client, { mine: true })).filter((room) => same(room.name, name));

/** Finds a user by username or id. @throws ParleyError `user_not_found` */
export async function findUser(client: ParleyClient, nameOrId: string): Promise<Profile> {
  if (isId(nameOrId)) return client.user(nameOrId);
  const { users } = await client.users({ search: nameOrId, limit: 200 });
  const found = users.find(({ username }) => same(username, nameOrId));
  if (!found) throw new ParleyError('user_not_found', `There is no user "${nameOrId}".`);
  return found;
}

/**
 * Finds a room by name or id; the user's own rooms come first. @throws ParleyError
 * `room_not_found`; `ambiguous` when several have the name
 */
export async function findRoom(
  { client, command }: Pick<Context, 'client' | 'command'>,
  nameOrId: string,
): Promise<RoomView> {
  if (isId(nameOrId)) return client.room(nameOrId);
  for (const query of [{ mine: true }, {}]) {
    const found = (await allRooms(client, query)).filter(({ name }) => same(name, nameOrId));
    const [first, second] = found;
    if (second) {
      throw new ParleyError(
        'ambiguous',
        `Several rooms are called "${nameOrId}": give the id (${found.map(({ id }) => id).join(', ')}).`,
      );
    }
    if (first) return first;
  }
  throw new ParleyError(
    'room_not_found',
    `There is no room "${nameOrId}" that you can see. ` +
      `Create it: ${command} create ${JSON.stringify(nameOrId)}`,
  );
}

/** Finds a room, or the existing direct room with a user. */
export async function findConversation(context: Context, nameOrId: string): Promise<RoomView> {
  try {
    return await findRoom(context, nameOrId);
  } catch (error) {
    if (ParleyError.from(error).code !== 'room_not_found') throw error;
  }
  const direct = (await allRooms(context.client, { mine: true })).find(
    ({ peer }) => same(peer?.username, nameOrId) || same(peer?.userId, nameOrId),
  );
  if (!direct)
    throw new ParleyError(
      'room_not_found',
      `There is no room "${nameOrId}" that you can see, and no conversation with a user of that name.`,
    );
  return direct;
}

export const titleOf = (room: RoomView) => room.name ?? room.peer?.username ?? room.id;
