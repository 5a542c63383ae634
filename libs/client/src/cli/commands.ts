import type { RoomView } from '@parley/contracts';
import type { ParleyClient } from '../client.ts';
import { ask } from './ask.ts';
import { type Context, print, printJson } from './context.ts';
import { allRooms, findConversation, ownRooms, titleOf } from './find.ts';
import { Lines } from './lines.ts';
import { paintWith } from './paint.ts';
import { printable } from './printable.ts';

export interface Credentials {
  email?: string;
  name?: string;
  password?: string;
}

export async function register(
  context: Context,
  given: string | undefined,
  options: Credentials,
): Promise<void> {
  await context.client.ping();
  const username = given ?? (await ask(context, 'Username', { instead: 'it after `register`' }));
  const email = options.email ?? (await ask(context, 'E-mail address', { instead: '--email' }));
  const password = await passwordOf(context, options);
  const { user } = await context.client.register({
    username,
    email,
    password,
    ...(options.name !== undefined && { name: options.name }),
  });
  welcome(context, user);
}

export async function login(
  context: Context,
  given: string | undefined,
  options: Credentials,
): Promise<void> {
  await context.client.ping();
  const login = given ?? (await ask(context, 'Username or e-mail address', { instead: 'it after `login`' }));
  const { user } = await context.client.login({ login, password: await passwordOf(context, options) });
  welcome(context, user);
}

export async function logout({ client, ...context }: Context): Promise<void> {
  await client.logout();
  if (context.json) printJson(context, { type: 'logged_out' });
  else print(context, 'Logged out.');
}

/**
 * Creates a room, unless the user is in one of that name: a name that two rooms have no longer
 * finds either.
 */
export async function create(
  context: Context,
  name: string,
  options: { private?: boolean; description?: string; another?: boolean },
): Promise<void> {
  const { private: isPrivate = false, description, another = false } = options;
  const [existing] = another ? [] : await ownRooms(context.client, name);
  if (existing) {
    if (context.json) printJson(context, existing);
    else
      print(
        context,
        `You are in a room ${printable(titleOf(existing))} already (${existing.id}). ` +
          `Talk in it: ${context.command} room ${existing.id}. Create another: --another`,
      );
    return;
  }
  const room = await context.client.createRoom({
    name,
    isPrivate,
    ...(description !== undefined && { description }),
  });
  if (context.json) printJson(context, room);
  else
    print(
      context,
      `Created ${printable(titleOf(room))} (${room.id}). Talk in it: ${context.command} room ${room.id}`,
    );
}

export async function rooms(context: Context): Promise<void> {
  for (const room of await allRooms(context.client)) {
    if (context.json) printJson(context, room);
    else print(context, roomLine(room));
  }
}

export async function users(context: Context, search: string): Promise<void> {
  for (const user of (await context.client.users({ search, limit: 200 })).users) {
    if (context.json) printJson(context, user);
    else
      print(context, `${printable(user.username).padEnd(32)} ${printable(user.name).padEnd(32)} ${user.id}`);
  }
}

export async function history(context: Context, roomOrUser: string, limit: number): Promise<void> {
  const { client, color, json } = context;
  const room = await findConversation(context, roomOrUser);
  const lines = new Lines(paintWith(color), (await client.me()).userId);
  for (const message of await latest(client, room.id, limit)) {
    if (json) printJson(context, message);
    else print(context, lines.message(message));
  }
}

function roomLine(room: RoomView): string {
  const mark = room.role ? '*' : ' ';
  const members = String(room.memberCount).padStart(5);
  return `${mark} ${printable(titleOf(room)).padEnd(32)} ${room.kind.padEnd(8)} ${members}  ${room.id}`;
}

/** The latest messages, oldest first. */
async function latest(client: ParleyClient, roomId: string, limit: number) {
  const pages: Awaited<ReturnType<ParleyClient['history']>>['messages'][] = [];
  let before: number | null | undefined;
  for (let left = limit; left > 0 && before !== null; ) {
    const { messages, pagination } = await client.history(roomId, {
      limit: Math.min(left, 200),
      ...(before && { before_seq: before }),
    });
    pages.unshift(messages);
    left -= messages.length;
    before = pagination.hasMore ? pagination.before_seq : null;
  }
  return pages.flat();
}

/** Called only after the server has responded. */
const passwordOf = async (context: Context, { password }: Credentials) =>
  password ??
  context.password ??
  (await ask(context, 'Password', { secret: true, instead: '--password or PARLEY_PASSWORD' }));

function welcome(context: Context, { id, username }: { id: string; username: string }): void {
  if (context.json) printJson(context, { type: 'logged_in', userId: id, username });
  else print(context, `Logged in as ${printable(username)}.`);
}
