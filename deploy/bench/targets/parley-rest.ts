import { randomUUID } from 'node:crypto';
import { forEachLimit, pause } from '@parley/runtime/async';
import { call } from './rest.ts';
import type { Page, Person, Room } from './target.ts';

interface Registered {
  accessToken: string;
  user: { id: string };
}
interface History {
  messages: { seq: number }[];
}
interface Synced {
  rooms: { seq: number; hasMore: boolean; changes: { kind: string }[] }[];
}

const atOnce = 4;
const settleWithinMs = 30_000;

/** Registers `count` people. */
export async function register(url: string, count: number): Promise<Person[]> {
  const people: Person[] = [];
  await forEachLimit(Array.from({ length: count }), atOnce, async () => people.push(await registerOne(url)));
  return people;
}

async function registerOne(url: string): Promise<Person> {
  const username = `p${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const person = { username, email: `${username}@example.org`, password: 'correct horse' };
  const { accessToken, user } = await call<Registered>('', 'POST', `${url}/api/v1/auth/register`, person);
  return { userId: user.id, token: accessToken };
}

/**
 * Makes a room of at most 500 members, and waits until its timeline shows that all have joined.
 * After that only messages follow.
 */
export async function makeRoom(url: string, members: readonly Person[]): Promise<string> {
  const [owner, ...others] = members;
  if (!owner) throw new Error('a room has members');
  const room = {
    name: `bench-${randomUUID().slice(0, 8)}`,
    isPrivate: true,
    members: others.map(({ userId }) => userId),
  };
  const { id } = await call<{ id: string }>(owner.token, 'POST', `${url}/api/v1/rooms`, room);
  for (
    const begin = performance.now();
    (await changesSince(url, id, owner, 0)).moves < members.length;
    await pause(20)
  ) {
    if (performance.now() - begin > settleWithinMs)
      throw new Error(`not all members of room ${id} have joined`);
  }
  return id;
}

/** Counts the messages and the membership changes of a room after a number. */
async function changesSince(
  url: string,
  roomId: string,
  reader: Person,
  after: number,
): Promise<{ messages: number; moves: number }> {
  const total = { messages: 0, moves: 0 };
  for (let seq = after; ; ) {
    const body = { rooms: [{ roomId, seq }], limit: 1_000 };
    const [room] = (await call<Synced>(reader.token, 'POST', `${url}/api/v1/sync`, body)).rooms;
    for (const { kind } of room?.changes ?? []) total[kind === 'message' ? 'messages' : 'moves'] += 1;
    if (!room?.hasMore) return total;
    seq = room.seq;
  }
}

export async function messagesSince(
  url: string,
  roomId: string,
  reader: Person,
  after: number,
): Promise<number> {
  return (await changesSince(url, roomId, reader, after)).messages;
}

export async function countMessages(url: string, rooms: readonly Room[]): Promise<number> {
  const counts = await Promise.all(
    rooms.map(async ({ id, members: [reader] }) => (reader ? messagesSince(url, id, reader, 0) : 0)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

export async function historyPage(
  url: string,
  roomId: string,
  reader: Person,
  before?: number,
): Promise<Page> {
  const query = `limit=50${before === undefined ? '' : `&before_seq=${before}`}`;
  const { messages } = await call<History>(
    reader.token,
    'GET',
    `${url}/api/v1/rooms/${roomId}/messages?${query}`,
  );
  return { length: messages.length, first: messages[0]?.seq ?? 0, last: messages.at(-1)?.seq ?? 0 };
}
