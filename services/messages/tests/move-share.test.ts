import { ask, RabbitBus } from '@parley/bus';
import { type ChangedBatch, calls, type RoomState, roomShares } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { createLogger, newId } from '@parley/runtime';
import {
  createTestAuth,
  createTestDatabase,
  eventually,
  freshSnapshot,
  type Rest,
  SyncedClient,
  startProcess,
  type TestDatabase,
  type TestProcess,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseId } from '../src/stores/shares.ts';
import { moveShare } from '../src/usecases/move-share.ts';
import { type Json, type MessagesHarness, person, startMessages } from './messages-harness.ts';
import { createSecondDatabase } from './second-database.ts';

let bus: RabbitBus;
let messages: MessagesHarness;
let home: TestDatabase;
let second: TestDatabase;
let dbs: Database[] = [];
const published = new Map<string, Set<number>>();
let places: Parameters<typeof moveShare>[0]['places'];
const [ada, bob, cem] = [person('ada'), person('bob'), person('cem')];
/** Of the rooms under test; in the home database at first. */
const share = 6;

beforeAll(async () => {
  home = await createTestDatabase();
  second = await createSecondDatabase(home);
  // Over a broker, so that the marks of unconfirmed changes move as well.
  bus = await RabbitBus.connect({
    ...{ url: testServices().amqpUrl, namespace: testNamespace(), timelinePartitions: roomShares },
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  const auth = await createTestAuth(bus);
  const env = { SUBMIT_TIMEOUT: '60s' };
  messages = await startMessages({ bus, auth, database: home, second, env });
  await messages.bus.consume('directory', 'notifications', async () => undefined);
  await messages.bus.consume('timeline', 'notifications', async (envelopes) => {
    for (const { changes } of envelopes.map(({ data }) => data as ChangedBatch))
      for (const change of changes)
        if ('seq' in change)
          published.set(change.roomId, (published.get(change.roomId) ?? new Set()).add(change.seq));
  });
  for (const topic of ['gateway', 'notifications'] as const)
    await messages.bus.consume('account', topic, async () => undefined);
  dbs = [home, second].map(({ url }) =>
    connectDatabase({ url, schema: 'messages', pool: 3, statementTimeoutMs: 0 }),
  );
  const [first, other] = dbs as [Database, Database];
  places = [
    { id: await databaseId(first), db: first },
    { id: await databaseId(other), db: other },
  ];
});
afterAll(async () => {
  await messages?.stop();
  await bus?.close();
  await Promise.all(dbs.map((db) => db.destroy()));
  await second?.drop();
  await home?.drop();
});

/** With its members' joins as its first changes. */
async function roomOfShare(wanted: number): Promise<RoomState> {
  const room = await messages.room([ada, bob, cem], { share: wanted });
  await eventually(async () => expect(await headOf(room)).toBe(3));
  return room;
}
const path = (room: RoomState, rest = '') => `/api/v1/rooms/${room.id}/messages${rest}`;
const history = async (room: RoomState): Promise<Json[]> => {
  const all: Json[] = [];
  for (let before = ''; ; ) {
    const { body } = await messages.call(bob, 'GET', path(room, `?limit=100${before}`));
    all.unshift(...body.messages);
    if (!body.pagination.hasMore) return all;
    before = `&before_seq=${body.pagination.before_seq}`;
  }
};
const move = (to: number, graceMs = 0) =>
  moveShare({ places, to, move: { id: newId(), share }, log: () => undefined, graceMs });
/** In the order in which they were published first. */
const publishedIn = (room: RoomState) => [...(published.get(room.id) ?? [])];
const headOf = async (room: RoomState): Promise<number> => {
  const { heads } = await ask(messages.bus, calls.getHeads, { roomIds: [room.id] });
  return heads[0]?.seq ?? 0;
};
async function startMove(to: number): Promise<{ process: TestProcess }> {
  const process = await startProcess({
    entry: new URL('../src/main.ts', import.meta.url),
    args: ['move-share', '--share', String(share), '--to', String(to + 1)],
    env: { DATABASE_URL: home.url, MESSAGES_DATABASE_URLS: `${home.url},${second.url}` },
  });
  return { process };
}
const rowsOf = (index: number, room: RoomState): Promise<number[]> =>
  Promise.all(
    ['rooms', 'timeline', 'members', 'read_positions', 'mentions', 'reactions'].map(async (table) => {
      const column = table === 'rooms' ? 'id' : 'room_id';
      const rows = await (dbs[index] as Database)(table).where({ [column]: room.id });
      return rows.length;
    }),
  );

/** Writes of every kind to rooms until it is stopped. Returns what was acknowledged. */
function load(rooms: readonly RoomState[]) {
  const sent: { room: RoomState; id: string; content: string; clientId: string }[] = [];
  let running = true;
  let n = 0;
  const work = async (who: typeof ada) => {
    while (running) {
      const room = rooms[n++ % rooms.length] as RoomState;
      const clientId = `${who.username}-${n}`;
      const content = `${clientId} for @bob`;
      const { id } = await messages.send(who, room, content, { clientId });
      sent.push({ room, id, content, clientId });
      const step = n % 4;
      const answer =
        step === 0
          ? await messages.call(bob, 'POST', path(room, `/${id}/reactions`), { reaction: '👍' })
          : step === 1
            ? await messages.call(cem, 'POST', path(room, '/read'), { messageId: id })
            : step === 2
              ? await messages.call(who, 'PUT', path(room, `/${id}`), { content: `${content}, edited` })
              : { status: 200 };
      if (answer.status >= 300) throw new Error(`${step}: ${answer.status} ${JSON.stringify(answer)}`);
    }
  };
  const working = Promise.all([ada, ada, bob].map(work));
  return {
    sent,
    stop: async () => {
      running = false;
      await working;
    },
  };
}

const restOf = (who: typeof ada): Rest => ({
  call: (method, url, body) => messages.call(who, method, url, body),
  rooms: async () => messages.roomsOf(who),
});

test('a share moves under load: nothing acknowledged is lost, repeated or renumbered', async () => {
  const rooms = [await roomOfShare(share), await roomOfShare(share)];
  const other = await roomOfShare(share + 1);
  const client = new SyncedClient(restOf(cem));
  await client.load();
  const writing = load([...rooms, other]);
  await eventually(async () => expect(writing.sent.length).toBeGreaterThan(40));
  await move(1);
  const moved = writing.sent.length;
  await eventually(async () => expect(writing.sent.length).toBeGreaterThan(moved + 20));
  await writing.stop();

  await client.sync({ roomsPerCall: 10, limit: 50 });
  expect(client.snapshot()).toEqual(await freshSnapshot(restOf(cem)));
  for (const room of rooms) {
    const all = await history(room);
    const own = writing.sent.filter((one) => one.room === room);
    expect(all.map(({ id }) => id).sort()).toEqual(own.map(({ id }) => id).sort());
    const head = await headOf(room);
    await eventually(async () =>
      expect(publishedIn(room)).toEqual(Array.from({ length: head }, (_, index) => index + 1)),
    );
    expect(await rowsOf(0, room)).toEqual([0, 0, 0, 0, 0, 0]);
    for (const { id, content, clientId } of own.slice(0, 3)) {
      const author = clientId.startsWith('ada') ? ada : bob;
      expect((await messages.send(author, room, content, { clientId })).id).toBe(id);
    }
    expect(await headOf(room)).toBe(head);
  }
});

test("items of accounts, unread counts and mentions survive a room's moves", async () => {
  const room = await roomOfShare(share);
  const { id } = await messages.send(ada, room, 'hello @cem');
  expect((await messages.call(cem, 'PUT', path(room, `/${id}/bookmark`), {})).status).toBe(200);
  const seen = async () => [
    (await messages.call(cem, 'GET', '/api/v1/unread')).body,
    (await messages.call(cem, 'GET', '/api/v1/bookmarks')).body,
    await freshSnapshot(restOf(cem)),
  ];
  const before = await seen();
  await move(0);
  expect(await seen()).toEqual(before);
  await move(1);
  expect(await seen()).toEqual(before);
  await messages.leave(room, cem);
  await eventually(async () =>
    expect((await messages.call(cem, 'GET', '/api/v1/bookmarks')).body.bookmarks).toEqual([]),
  );
  await move(0);
  expect((await messages.call(cem, 'GET', path(room))).status).not.toBe(200);
});

test('a killed move changes nothing, and can be repeated', async () => {
  const room = await roomOfShare(share);
  for (let n = 0; n < 5; n++) await messages.send(ada, room, `${n}`);
  // A process that never learns of the pause keeps the move in it.
  const asleep = { process: newId(), version: 0, seen_at: new Date(Date.now() + 600_000) };
  await places[0].db('share_map_readers').insert(asleep);
  const { process } = await startMove(1);
  await eventually(async () =>
    expect(await places[0].db('shares').where({ share }).first('paused'), process.output()).toEqual({
      paused: true,
    }),
  );
  process.kill('SIGKILL');
  await process.ended();
  await places[0].db('share_map_readers').where({ process: asleep.process }).delete();
  // Submissions to a paused share wait until the move is repeated.
  const waiting = messages.send(bob, room, 'after');
  expect((await history(room)).map(({ content }) => content)).toEqual(['0', '1', '2', '3', '4']);
  await move(1);
  await waiting;
  expect((await history(room)).map(({ content }) => content)).toEqual(['0', '1', '2', '3', '4', 'after']);
  expect(await rowsOf(0, room)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('a writer that has not learned of a move cannot write to the former database', async () => {
  const room = await roomOfShare(share);
  const [{ database } = { database: '' }] = await places[0].db('shares').where({ share }).select('database');
  const former = places.find(({ id }) => id !== database)?.db as Database;
  const { id } = room;
  await expect(former('rooms').insert({ id, kind: 'group', is_private: true })).rejects.toMatchObject({
    code: '25006',
  });
});
