import { RabbitBus } from '@parley/bus';
import {
  type Change,
  type ChangedBatch,
  makeEvent,
  type RoomState,
  type Submission,
} from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { createLogger, newId } from '@parley/runtime';
import {
  createTestAuth,
  createTestDatabase,
  eventually,
  freshSnapshot,
  type Rest,
  SyncedClient,
  type TestAuth,
  type TestDatabase,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expireMessages } from '../src/usecases/expire-messages.ts';
import { sweepExpired } from '../src/usecases/sweep-expired.ts';
import {
  createTestContext,
  type Json,
  type MessagesHarness,
  type Person,
  person,
  startMessages,
} from './messages-harness.ts';

/** More messages than fit into one submission. */
const many = 60;
const [ada, bob] = [person('ada'), person('bob')];
const logger = createLogger({ service: 'test', level: 'silent' });
let bus: RabbitBus;
let database: TestDatabase;
let auth: TestAuth;
let db: Database;
/** Has no retention: nothing expires unless a test arranges it. */
let keeping: MessagesHarness;
const published: Change[] = [];
const replica = (env: Record<string, string> = {}) => startMessages({ bus, database, auth, env });

beforeAll(async () => {
  bus = await RabbitBus.connect({ url: testServices().amqpUrl, namespace: testNamespace(), logger });
  database = await createTestDatabase();
  auth = await createTestAuth(bus);
  db = connectDatabase({ url: database.url, schema: 'messages' });
  keeping = await replica();
  await bus.consume('timeline', 'notifications', async (events) => {
    for (const { data } of events) published.push(...(data as ChangedBatch).changes);
  });
});
afterAll(async () => {
  await keeping?.stop();
  await db?.destroy();
  await bus?.close();
  await database?.drop();
});

const path = (room: RoomState, rest = '') => `/api/v1/rooms/${room.id}/messages${rest}`;
const history = async (room: RoomState): Promise<Json[]> =>
  (await keeping.call(bob, 'GET', path(room, '?limit=200'))).body.messages;
const contentsOf = async (room: RoomState) => (await history(room)).map(({ content }) => content);
const seqsOf = async (room: RoomState): Promise<number[]> =>
  (await history(room)).map(({ changedSeq }) => changedSeq);
const deletionsOf = (room: RoomState) =>
  published.flatMap((change) =>
    change.roomId === room.id && change.kind === 'message.deleted' ? [change.seq] : [],
  );
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const restOf = (one: Person): Rest => ({
  call: (method, url, body) => keeping.call(one, method, url, body),
  rooms: async () => keeping.roomsOf(one),
});
const say = async (room: RoomState, count: number) => {
  for (let n = 1; n <= count; n++) await keeping.send(n % 2 ? ada : bob, room, `said ${n}`);
};
/** Makes the messages up to `upTo` an hour old. */
const age = (room: RoomState, upTo = Number.MAX_SAFE_INTEGER) =>
  db('timeline')
    .where({ room_id: room.id })
    .where('seq', '<=', upTo)
    .update({ created_at: db.raw("created_at - interval '1 hour'") });
const expiredSeq = async (room: RoomState): Promise<number> =>
  (await db('rooms').where({ id: room.id }).first('expired_seq')).expired_seq;
/** All rows of a room with the transactions that wrote them. */
const stored = async (room: RoomState) => [
  await db('rooms').where({ id: room.id }).select('*', db.raw('xmin::text')),
  await db('timeline').where({ room_id: room.id }).orderBy('seq').select('*', db.raw('xmin::text')),
];
const submitted = (...items: Submission[]) =>
  bus.publish(
    'submissions',
    bus.partitionOf('submissions', items[0]?.roomId ?? ''),
    makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() }),
  );
const expiry = (room: RoomState, after: number, upTo: number): Submission => ({
  ...{ ref: 0, id: newId(), roomId: room.id, by: { userId: room.id, username: '' } },
  ...{ op: 'expire', after, upTo },
});
async function whileSweeping(work: (sweeper: MessagesHarness) => Promise<void>): Promise<void> {
  await db('retention_turn').update({ swept_at: null });
  const sweeper = await replica({ MESSAGE_RETENTION: '1m' });
  try {
    await work(sweeper);
  } finally {
    await sweeper.stop();
  }
}

describe('a message past its retention', () => {
  test('loses only its content; numbers have no gaps; sync equals a fresh snapshot', async () => {
    const cem = person('cem');
    const [room, direct] = [
      await keeping.room([ada, bob]),
      await keeping.room([ada, bob], { kind: 'direct' }),
    ];
    await say(room, many);
    await keeping.join(room, cem);
    await eventually(async () =>
      expect(await keeping.send(ada, room, 'welcome')).toMatchObject({ seq: many + 4 }),
    );
    const [first, second] = await history(room);
    await keeping.call(bob, 'POST', path(room, `/${first.id}/reactions`), { reaction: '+1' });
    await keeping.call(bob, 'DELETE', path(room, `/${second.id}`));
    await keeping.call(bob, 'POST', path(room, '/read'), { messageId: first.id });
    await say(direct, 2);
    await age(room, many + 4);
    await age(direct, 3);
    const deleted = (await history(room))[1];
    expect(deleted).toMatchObject({ content: '', deletedAt: expect.any(String) });
    const client = new SyncedClient(restOf(bob));
    await client.load();
    const young = await keeping.send(ada, room, 'young');
    const head = young.seq;

    await whileSweeping(async (sweeper) => {
      await eventually(async () => {
        expect(await contentsOf(room)).toEqual([...range(0, many + 1).map(() => ''), 'young']);
        expect(await contentsOf(direct)).toEqual(['', 'said 2']);
      });
      // The replica that writes the room counts.
      const counted = await Promise.all(
        [sweeper, keeping].map((one) => one.counter('parley_messages_expired_total', {})),
      );
      expect(counted.reduce((sum, count) => sum + count)).toBe(many + 1);
      await eventually(async () =>
        expect(await sweeper.counter('parley_messages_last_sweep_timestamp_seconds', {})).toBeGreaterThan(
          Date.now() / 1_000 - 60,
        ),
      );
    });
    // Each took the next number, in order; the message deleted before did not change again.
    const after = await history(room);
    const numbers = range(head + 1, many);
    expect(after.map(({ changedSeq }) => changedSeq)).toEqual([
      numbers[0],
      deleted.changedSeq,
      ...numbers.slice(1),
      young.seq,
    ]);
    expect(after[1]).toEqual(deleted);
    for (const one of after.slice(0, -1))
      expect(one).toMatchObject({ content: '', reactions: [], deletedAt: expect.any(String) });
    expect(await expiredSeq(room)).toBe(many + 4);
    expect(await db('reactions').where({ room_id: room.id })).toEqual([]);
    expect(
      await db('timeline').where({ room_id: room.id, kind: 'joined' }).select('sender_name', 'deleted_at'),
    ).toEqual(['ada', 'bob', 'cem'].map((sender_name) => ({ sender_name, deleted_at: null })));
    await eventually(() =>
      expect(new Set(deletionsOf(room))).toEqual(new Set([deleted.changedSeq, ...numbers])),
    );
    const addressed = published.filter(
      (change) => change.roomId === direct.id && change.kind === 'message.deleted',
    );
    for (const change of addressed)
      expect([...(change.to ?? [])].sort()).toEqual([ada.userId, bob.userId].sort());
    expect(addressed).not.toEqual([]);
    await client.sync({ limit: 7, roomsPerCall: 1 });
    expect(client.snapshot()).toEqual(await freshSnapshot(restOf(bob)));
    const unread = (await keeping.call(bob, 'GET', '/api/v1/unread')).body.rooms;
    expect(unread.find(({ roomId }: Json) => roomId === room.id)).toMatchObject({
      unread: 1,
      readSeq: first.seq,
    });
    expect((await keeping.send(ada, room, 'next')).seq).toBe(head + many + 1);
  });

  test('answers an edit, reaction, deletion, reply and its own key like a deleted one', async () => {
    const [room, other] = [await keeping.room([ada, bob]), await keeping.room([ada, bob])];
    const send = (to: RoomState) => keeping.send(ada, to, 'words', { clientId: 'mine' });
    const [expired, deleted] = [await send(room), await send(other)];
    await keeping.call(ada, 'DELETE', path(other, `/${deleted.id}`));
    await submitted(expiry(room, 0, expired.seq));
    await eventually(async () => expect(await contentsOf(room)).toEqual(['']));
    const answers = async (to: RoomState, { id }: { id: string }) => {
      const asked = [
        await keeping.call(ada, 'PUT', path(to, `/${id}`), { content: 'again' }),
        await keeping.call(bob, 'POST', path(to, `/${id}/reactions`), { reaction: '+1' }),
        await keeping.call(ada, 'DELETE', path(to, `/${id}`)),
        await keeping.call(ada, 'POST', path(to), { content: 'words', clientId: 'mine' }),
        await keeping.call(ada, 'POST', path(to), { content: 'other words', clientId: 'mine' }),
        await keeping.call(bob, 'POST', path(to), { content: 'answer', replyTo: id }),
        await keeping.call(bob, 'GET', path(to, `/${id}`)),
      ];
      return asked.map(({ status, body }) => [status, body?.code, body?.content, body?.deletedAt === null]);
    };
    const answered = await answers(other, deleted);
    expect(answered.map(([status]) => status)).toEqual([404, 404, 204, 201, 409, 201, 200]);
    expect(await answers(room, expired)).toEqual(answered);
  });

  test('expires in deleted rooms, too', async () => {
    const room = await keeping.room([ada, bob]);
    await say(room, 3);
    await keeping.close(room);
    await eventually(async () =>
      expect((await db('rooms').where({ id: room.id }).first()).closed_at).not.toBeNull(),
    );
    await age(room);
    await whileSweeping(() =>
      eventually(async () =>
        expect(await db('timeline').where({ room_id: room.id, kind: 'message' }).pluck('content')).toEqual([
          '',
          '',
          '',
        ]),
      ),
    );
  });
});

describe('expiry', () => {
  test('of a redelivered range writes nothing and publishes the same numbers again', async () => {
    const room = await keeping.room([ada, bob]);
    await say(room, 4);
    const piece = expiry(room, 0, 5);
    await submitted(piece);
    await eventually(() => expect(deletionsOf(room)).toEqual([7, 8, 9]));
    const before = await stored(room);
    await submitted(piece);
    await eventually(() => expect(deletionsOf(room)).toEqual([7, 8, 9, 7, 8, 9]));
    expect(await stored(room)).toEqual(before);
    expect(await contentsOf(room)).toEqual(['', '', '', 'said 4']);
  });

  test('continues on another replica where an interrupted sweep stopped', async () => {
    const room = await keeping.room([ada, bob]);
    await say(room, many);
    await age(room);
    await whileSweeping(() => eventually(async () => expect(await expiredSeq(room)).toBeGreaterThan(0)));
    const reached = await expiredSeq(room);
    expect(reached).toBeLessThan(many);
    const done = (await seqsOf(room)).filter((seq) => seq > many + 2);
    await whileSweeping(() =>
      eventually(async () => expect(new Set(await contentsOf(room))).toEqual(new Set(['']))),
    );
    expect(await seqsOf(room)).toEqual(range(many + 3, many));
    expect((await seqsOf(room)).slice(0, done.length)).toEqual(done);
  });

  test('happens once per message with concurrent sweeps', async () => {
    const rooms = await Promise.all(range(0, 5).map(() => keeping.room([ada, bob])));
    for (const room of rooms) {
      await say(room, 30);
      await age(room);
    }
    const contexts = await Promise.all(range(0, 3).map(() => createTestContext(bus, db)));
    const { signal } = new AbortController();
    const swept = await Promise.all(
      contexts.map((context) =>
        sweepExpired(context, { retentionMs: 60_000, signal, mayContinue: async () => true }),
      ),
    );
    await Promise.all(contexts.map(({ submitter }) => submitter.close()));
    expect(swept.reduce((sum, one) => sum + (one?.messages ?? 0), 0)).toBeGreaterThanOrEqual(150);
    for (const room of rooms) expect(await seqsOf(room)).toEqual(range(33, 30));
  });

  test('assigns no number twice, even with two concurrent writers of a room', async () => {
    const room = await keeping.room([ada, bob]);
    await say(room, many);
    const context = await createTestContext(bus, db);
    const expireEach = async () => {
      for (const n of range(0, many))
        await expireMessages(context, {
          ...expiry(room, n + 2, n + 3),
          ...{ op: 'expire', after: n + 2, upTo: n + 3 },
        });
    };
    await Promise.all([expireEach(), say(room, many)]);
    await context.submitter.close();
    expect((await seqsOf(room)).sort((a, b) => a - b)).toEqual(range(many + 3, 2 * many));
  });
});
