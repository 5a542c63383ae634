import { ask } from '@parley/bus';
import { calls, type RoomState, type Submission, shareOf } from '@parley/contracts';
import { connectDatabase, type Database, migrateAlone } from '@parley/database';
import { Metrics } from '@parley/metrics';
import { createLogger, loadConfig, newId } from '@parley/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrations } from '../migrations/index.ts';
import { openDatabases } from '../src/create-context.ts';
import { Databases } from '../src/databases.ts';
import { messagesConfig } from '../src/service.ts';
import type { Context } from '../src/usecases/context.ts';
import { getUnread } from '../src/usecases/get-unread.ts';
import { syncRooms } from '../src/usecases/sync-rooms.ts';
import { writeBatch } from '../src/usecases/write-batch.ts';
import {
  createTestContext,
  type Json,
  type MessagesHarness,
  type Person,
  person,
  startMessages,
} from './messages-harness.ts';
import { createSecondDatabase } from './second-database.ts';

/** A home database and a second one, which has every other share of the rooms. */
let messages: MessagesHarness;
let home: TestDatabase;
let second: TestDatabase;
let contexts: Databases<Context>;
/** Connections taken since they were last counted: home, second. */
const taken = [0, 0];
const dbs: Database[] = [];
const [ada, bob] = [person('ada'), person('bob')];

beforeAll(async () => {
  home = await createTestDatabase();
  second = await createSecondDatabase(home);
  messages = await startMessages({ database: home, second });
  for (const topic of ['timeline', 'directory'] as const)
    await messages.bus.consume(topic, 'notifications', async () => undefined);
  for (const topic of ['gateway', 'notifications'] as const)
    await messages.bus.consume('account', topic, async () => undefined);
  for (const [index, { url }] of [home, second].entries()) {
    const db = connectDatabase({ url, schema: 'messages', pool: 2 });
    dbs.push(db);
    const { acquireConnection } = db.client;
    db.client.acquireConnection = () => {
      taken[index] = (taken[index] ?? 0) + 1;
      return acquireConnection.call(db.client);
    };
  }
  const [first, other] = dbs as [Database, Database];
  const common = await createTestContext(messages.bus, first);
  const inHome = { ...common, db: first };
  const inSecond = { ...common, db: other };
  contexts = new Databases<Context>([inHome, inSecond], {
    placeOf: (share) => share % 2,
    assertCurrent: () => undefined,
    untilWritable: async () => undefined,
  });
  for (const one of contexts.all) one.databases = contexts;
});
afterAll(async () => {
  await contexts?.home.submitter.close();
  await Promise.all(dbs.map((db) => db.destroy()));
  await messages?.stop();
  await second?.drop();
  await home?.drop();
});

/** Rooms of both databases, in turn: the first is in the home database. */
async function roomsOfBoth(count: number, people: Person[]): Promise<RoomState[]> {
  const rooms: RoomState[] = [];
  while (rooms.length < count) {
    const room = await messages.room(people);
    if (shareOf(room.id) % 2 === rooms.length % 2) rooms.push(room);
  }
  return rooms;
}

async function counting(work: () => Promise<unknown>): Promise<number[]> {
  taken.fill(0);
  await work();
  return [...taken];
}

const logger = createLogger({ service: 'test', level: 'silent' });
const path = (room: RoomState, rest = '') => `/api/v1/rooms/${room.id}${rest}`;

test('a room is stored in the database of its share, and nowhere else', async () => {
  const rooms = await roomsOfBoth(4, [ada]);
  for (const room of rooms) await messages.send(ada, room, 'hello');
  for (const [index, room] of rooms.entries()) {
    const stored = await Promise.all(
      dbs.map(async (db) => (await db('timeline').where({ room_id: room.id })).length),
    );
    expect(stored).toEqual(index % 2 ? [0, 2] : [2, 0]);
    const members = await Promise.all(
      dbs.map(async (db) => (await db('members').where({ room_id: room.id })).length),
    );
    expect(members).toEqual(index % 2 ? [0, 1] : [1, 0]);
  }
});

test('a batch touches only the database of its rooms', async () => {
  const [inHome, inSecond] = (await roomsOfBoth(2, [ada])) as [RoomState, RoomState];
  for (const [index, room] of [inHome, inSecond].entries()) {
    const sent: Submission = {
      ...{ ref: 0, id: newId(), roomId: room.id, by: ada, op: 'send', content: 'hello' },
      ...{ clientId: null, replyTo: null, isEncrypted: false },
    };
    const counts = await counting(() => writeBatch(contexts.of(room.id), [sent]));
    expect(counts[1 - index]).toBe(0);
    expect(counts[index]).toBeGreaterThan(0);
  }
});

test("a user's unread counts cost one statement in each database, and one for the settings", async () => {
  const rooms = await roomsOfBoth(6, [ada, bob]);
  for (const room of rooms) await messages.send(ada, room, 'hello');
  const caller = { ...bob, organizationId: null, sessionId: newId() } as Parameters<typeof getUnread>[1];
  expect(await counting(() => getUnread(contexts.home, caller, false))).toEqual([2, 1]);
  const { body } = await messages.call(bob, 'GET', '/api/v1/unread');
  const listed = body.rooms.map(({ roomId }: Json) => roomId);
  expect(listed).toEqual([...rooms.map(({ id }) => id)].sort());
  expect(body.total).toBe(6);
});

test('a sync of one room asks one database; one of many answers in the order of the request', async () => {
  const cem = person('cem');
  const rooms = await roomsOfBoth(6, [cem]);
  for (const room of rooms) await messages.send(cem, room, 'hello');
  const cursors = [...rooms].reverse().map(({ id: roomId }) => ({ roomId, seq: 0, readSeq: 0 }));
  const one = { rooms: cursors.slice(0, 1), limit: 10 };
  expect(await counting(() => syncRooms(contexts.home, cem, one))).toMatchObject([0, expect.any(Number)]);
  const { body } = await messages.call(cem, 'POST', '/api/v1/sync', { rooms: cursors });
  expect(body.rooms.map(({ roomId }: Json) => roomId)).toEqual(cursors.map(({ roomId }) => roomId));
  const gained = (await messages.call(cem, 'POST', '/api/v1/sync', { rooms: [], gained: {} })).body;
  expect(gained.gained.map(({ roomId }: Json) => roomId)).toEqual(messages.roomsOf(cem).map(({ id }) => id));
});

test('ids lead to their database: heads, latest messages, and messages by id alone', async () => {
  const dan = person('dan');
  const rooms = await roomsOfBoth(4, [dan]);
  const roomIds = rooms.map(({ id }) => id);
  const sent = await Promise.all(rooms.map((room) => messages.send(dan, room, 'hello')));
  const { heads } = await ask(messages.bus, calls.getHeads, { roomIds });
  expect(heads.map(({ roomId }) => roomId).sort()).toEqual([...roomIds].sort());
  const latest = await ask(messages.bus, calls.getLatestMessages, { userId: dan.userId, roomIds });
  expect(latest.messages.map(({ message }) => message.id).sort()).toEqual(sent.map(({ id }) => id).sort());
  for (const { id: messageId, roomId } of sent)
    expect(await ask(messages.bus, calls.locateMessage, { messageId })).toEqual({ roomId });
});

test('a search of several databases pages through all results once, newest first', async () => {
  const eve = person('eve');
  const rooms = await roomsOfBoth(4, [eve]);
  const sent: string[] = [];
  for (let n = 0; n < 24; n++) {
    const room = rooms[(n * 3 + Math.floor(n / 5)) % 4] as RoomState;
    sent.push((await messages.send(eve, room, `walrus ${n}`)).id);
  }
  const found: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = `q=walrus&limit=5${cursor && `&cursor=${cursor}`}`;
    const { body } = await messages.call(eve, 'GET', `/api/v1/search/messages?${query}`);
    found.push(...body.hits.map(({ message }: Json) => message.id));
    cursor = body.nextCursor;
  }
  expect(found).toEqual(sent.reverse());
});

test("an account's items about a room in another database end with the membership", async () => {
  const fay = person('fay');
  const [, room] = (await roomsOfBoth(2, [ada, fay])) as [RoomState, RoomState];
  const { id } = await messages.send(ada, room, 'remember');
  const muted = { mutedUntil: '2100-01-01T00:00:00.000Z' };
  expect((await messages.call(fay, 'PUT', path(room, '/settings'), muted)).status).toBe(200);
  expect((await messages.call(fay, 'PUT', path(room, '/draft'), { content: 'hm', ifSeq: 0 })).status).toBe(
    200,
  );
  expect((await messages.call(fay, 'PUT', path(room, `/messages/${id}/bookmark`), {})).status).toBe(200);
  const unread = (await messages.call(fay, 'GET', '/api/v1/unread')).body;
  expect(unread).toMatchObject({ total: 0, rooms: [{ roomId: room.id, unread: 1, ...muted }] });
  const bookmarks = async () => (await messages.call(fay, 'GET', '/api/v1/bookmarks')).body.bookmarks;
  expect(await bookmarks()).toMatchObject([{ message: { content: 'remember' } }]);
  await messages.leave(room, fay);
  await eventually(async () => expect(await dbs[0]?.('members').where({ room_id: room.id })).toEqual([]));
  expect(await bookmarks()).toEqual([]);
  expect((await messages.call(fay, 'PUT', path(room, '/draft'), { content: 'x', ifSeq: 0 })).status).not.toBe(
    200,
  );
  const synced = (await messages.call(fay, 'POST', '/api/v1/sync', { rooms: [], account: { seq: 0 } })).body;
  expect(synced.account.changes.filter((change: Json) => change.draft ?? change.bookmark)).toEqual([]);
});

test('messages of all databases lose their content at their age', async () => {
  const rooms = await roomsOfBoth(4, [ada]);
  for (const room of rooms) await messages.send(ada, room, 'long ago');
  for (const db of dbs)
    await db('timeline')
      .whereIn(
        'room_id',
        rooms.map(({ id }) => id),
      )
      .update({ created_at: db.raw("created_at - interval '1 hour'") });
  const sweeper = await startMessages({ database: home, second, env: { MESSAGE_RETENTION: '1m' } });
  for (const topic of ['timeline', 'directory'] as const)
    await sweeper.bus.consume(topic, 'notifications', async () => undefined);
  const contents = async () =>
    Promise.all(
      rooms.map(async (room) => {
        const { body } = await messages.call(ada, 'GET', path(room, '/messages'));
        return body.messages.map(({ content }: Json) => content);
      }),
    );
  await eventually(async () => expect(await contents()).toEqual(rooms.map(() => [''])));
  await sweeper.stop();
});

test('the command `migrate` prepares every database', async () => {
  const third = await createTestDatabase();
  const urls = { MESSAGES_DATABASE_URLS: `${home.url},${third.url}` };
  await migrateAlone('messages', migrations, urls, 'MESSAGES_DATABASE_URLS');
  const db = connectDatabase({ url: third.url, schema: 'messages', pool: 1 });
  expect(await db('this_database')).toHaveLength(1);
  await db.destroy();
  await third.drop();
});

test('the service does not start without a database of the map, or with one of them twice', async () => {
  const open = async (urls: string) => {
    const env = { DATABASE_URL: home.url, AMQP_URL: 'amqp://unused', MESSAGES_DATABASE_URLS: urls };
    const infrastructure = { metrics: new Metrics(), logger, newId };
    await (await openDatabases(loadConfig(messagesConfig, env), infrastructure)).close();
  };
  await open(`${home.url},${second.url}`);
  await expect(open(home.url)).rejects.toThrow('lacks the database');
  await expect(open(`${home.url},${home.url}`)).rejects.toThrow('twice');
});
