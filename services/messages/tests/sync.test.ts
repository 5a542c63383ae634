import { ask } from '@parley/bus';
import { calls, makeEvent } from '@parley/contracts';
import { connectDatabase, type Transaction } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, seededRandom, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Databases } from '../src/databases.ts';
import { syncRooms } from '../src/usecases/sync-rooms.ts';
import {
  createTestContext,
  type Json,
  type MessagesHarness,
  type Person,
  person,
  startMessages,
} from './messages-harness.ts';

let messages: MessagesHarness;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  messages = await startMessages({ database });
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(async () => {
  await messages.stop();
  await database.drop();
});

const [ada, bob] = [person('ada'), person('bob')];
const sync = async (who: Person, body: object): Promise<Json> => {
  const answer = await messages.call(who, 'POST', '/api/v1/sync', body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};
const read = (who: Person, roomId: string, body: object = {}) =>
  messages.call(who, 'POST', `/api/v1/rooms/${roomId}/messages/read`, body);

test('sync returns exactly the read and delivery positions that advanced since a `readSeq`', async () => {
  const room = await messages.room([ada, bob]);
  const [one, two] = [await messages.send(ada, room, 'one'), await messages.send(ada, room, 'two')];
  await read(ada, room.id);
  await read(bob, room.id, { messageId: one.id });
  const cursor = { roomId: room.id, seq: 4 };
  const [first] = (await sync(ada, { rooms: [cursor] })).rooms;
  expect(first.positions.map(({ username, seq }: Json) => [username, seq])).toEqual([
    ['ada', 4],
    ['bob', one.seq],
  ]);
  await messages.call(bob, 'PUT', `/messages/${two.id}/status`, { status: 'delivered' });
  const [second] = (await sync(ada, { rooms: [{ ...cursor, readSeq: first.readSeq }] })).rooms;
  expect(second).toMatchObject({
    changes: [],
    positions: [{ userId: bob.userId, seq: one.seq, deliveredSeq: two.seq }],
  });
  const [third] = (await sync(ada, { rooms: [{ ...cursor, readSeq: second.readSeq }] })).rooms;
  expect(third).toMatchObject({ changes: [], positions: [], hasMore: false, readSeq: second.readSeq });
});

test('sync lists foreign, left and deleted rooms as gone and reveals nothing else', async () => {
  const [mine, left, closed, foreign] = [
    await messages.room([ada]),
    await messages.room([ada, bob]),
    await messages.room([ada, bob]),
    await messages.room([bob]),
  ];
  for (const room of [left, closed]) await messages.send(bob, room, 'secret');
  await messages.leave(left, ada);
  await messages.close(closed);
  const rooms = [mine, left, closed, foreign].map(({ id: roomId }) => ({ roomId, seq: 0 }));
  const answer = await sync(ada, { rooms, gained: {} });
  expect(answer.gone).toEqual([left.id, closed.id, foreign.id]);
  expect(answer.rooms.map(({ roomId }: Json) => roomId)).toEqual([mine.id]);
  const gained = [...answer.gained, ...(await sync(ada, { rooms: [], gained: {} })).gained].map(
    ({ roomId }: Json) => roomId,
  );
  for (const room of [left, closed, foreign]) expect(gained).not.toContain(room.id);
  expect(gained.filter((roomId) => roomId === mine.id)).toHaveLength(1);
});

test('sync returns a deleted message without content, also to clients that never had it', async () => {
  const room = await messages.room([ada, bob]);
  const { id } = await messages.send(ada, room, 'secret');
  await messages.call(bob, 'POST', `/api/v1/rooms/${room.id}/messages/${id}/reactions`, { reaction: '👍' });
  await messages.call(ada, 'DELETE', `/api/v1/rooms/${room.id}/messages/${id}`);
  const answer = await sync(bob, { rooms: [{ roomId: room.id, seq: 0 }] });
  expect(JSON.stringify(answer)).not.toMatch(/secret|👍/u);
  expect(answer.rooms[0].changes).toContainEqual(
    expect.objectContaining({ message: expect.objectContaining({ id, content: '' }) }),
  );
});

test('a returning member keeps their position, and sync returns it again', async () => {
  const room = await messages.room([ada, bob]);
  const sent = await messages.send(ada, room, 'one');
  await read(bob, room.id);
  const [before] = (await sync(ada, { rooms: [{ roomId: room.id, seq: 0 }] })).rooms;
  await messages.leave(room, bob);
  await messages.join(room, bob);
  const [after] = (
    await sync(ada, { rooms: [{ roomId: room.id, seq: before.seq, readSeq: before.readSeq }] })
  ).rooms;
  expect(after.changes.map(({ kind }: Json) => kind)).toEqual(['left', 'joined']);
  expect(after.positions).toMatchObject([{ userId: bob.userId, seq: sent.seq }]);
});

test("a room's positions follow its last changes, so a returned member keeps theirs", async () => {
  const room = await messages.room([ada, bob]);
  await messages.leave(room, bob);
  await messages.join(room, bob);
  await read(bob, room.id);
  let cursor: Json = { roomId: room.id, seq: 0 };
  let position = 0;
  for (let hasMore = true; hasMore; hasMore = cursor.hasMore) {
    [cursor] = (await sync(ada, { rooms: [cursor], limit: 1 })).rooms;
    for (const { kind, userId } of cursor.changes) if (kind === 'left' && userId === bob.userId) position = 0;
    for (const { seq } of cursor.positions) position = seq;
  }
  expect(position).toBe(4);
});

test('an answer is bounded, and rooms that did not fit report `hasMore` and follow next', async () => {
  const rooms = [await messages.room([ada]), await messages.room([ada]), await messages.room([ada])];
  const content = '語'.repeat(10_000);
  for (const room of rooms) for (let count = 0; count < 15; count++) await messages.send(ada, room, content);
  const seen = new Map<string, number>();
  let pages = 0;
  for (
    let asked = rooms.map(({ id: roomId }) => ({ roomId, seq: 0, readSeq: 0 }));
    asked.length > 0;
    pages++
  ) {
    const answer = await sync(ada, { rooms: asked, limit: 1_000 });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(760_000);
    for (const { roomId, changes } of answer.rooms)
      seen.set(roomId, (seen.get(roomId) ?? 0) + changes.length);
    asked = answer.rooms.flatMap(({ roomId, seq, readSeq, hasMore }: Json) =>
      hasMore ? [{ roomId, seq, readSeq }] : [],
    );
  }
  expect(pages).toBe(2);
  expect([...seen.values()]).toEqual([16, 16, 16]);
});

test('sync takes up to 500 rooms; in ranges of ids, a client gains each missing room once', async () => {
  const eve = person('eve');
  const ids = Array.from({ length: 1_010 }, () => newId());
  const partitioned = ids.map((id) => {
    const room = { id, kind: 'group' as const, name: 'one of many', isPrivate: true, organizationId: null };
    return makeEvent(
      'room.created',
      { room, members: [messages.membership(room, eve)] },
      { id: newId(), now: Date.now() },
    );
  });
  await Promise.all(
    partitioned.map((event) =>
      messages.bus.publish('directory', messages.bus.partitionOf('directory', event.data.room.id), event),
    ),
  );
  const refused = await messages.call(eve, 'POST', '/api/v1/sync', {
    rooms: ids.map((roomId) => ({ roomId, seq: 1 })),
  });
  expect(refused).toMatchObject({
    status: 422,
    body: { code: 'validation_failed', errors: [{ field: 'rooms' }] },
  });

  // The client lacks every seventh room.
  const sorted = ids.toSorted();
  const [known, lacking] = [
    sorted.filter((_, index) => index % 7 > 0),
    sorted.filter((_, index) => index % 7 === 0),
  ];
  const gained: string[] = [];
  for (let start = 0; start < known.length; start += 500) {
    const chunk = known.slice(start, start + 500);
    const isLast = start + 500 >= known.length;
    const range = { ...(start > 0 && { after: known[start - 1] }), ...(!isLast && { upTo: chunk.at(-1) }) };
    const answer = await sync(eve, { rooms: chunk.map((roomId) => ({ roomId, seq: 1 })), gained: range });
    expect(answer.rooms).toHaveLength(chunk.length);
    gained.push(...answer.gained.map(({ roomId }: Json) => roomId));
  }
  expect(gained).toEqual(lacking);

  // A client without rooms gains all of them, page by page.
  const all: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const answer = await sync(eve, { rooms: [], gained: { ...(after && { after }) } });
    expect(answer.gained.length).toBeLessThanOrEqual(500);
    all.push(...answer.gained.map(({ roomId }: Json) => roomId));
    after = answer.gainedAfter;
  }
  expect(all).toEqual(sorted);
});

test('a gained room comes with all a client needs to show it; a direct room with its people', async () => {
  const [max, moe] = [person('max'), person('moe')];
  const group = await messages.room([max, moe]);
  const direct = await messages.room([max, moe], { kind: 'direct' });
  await messages.send(max, direct, 'hi');
  const { gained } = await sync(moe, { rooms: [], gained: {} });
  const people = [max, moe].toSorted((one, other) => (one.userId < other.userId ? -1 : 1));
  expect(gained).toEqual([
    {
      roomId: group.id,
      kind: 'group',
      name: 'a room',
      organizationId: null,
      people: null,
      seq: 2,
      readSeq: 2,
    },
    { roomId: direct.id, kind: 'direct', name: null, organizationId: null, people, seq: 3, readSeq: 2 },
  ]);
});

test('for webhooks, each new message is in the page of its creation, and later changes follow', async () => {
  const room = await messages.room([ada, bob]);
  const random = seededRandom(587);
  const path = `/api/v1/rooms/${room.id}/messages`;
  const said: string[] = [];
  const write = async (number: number) => {
    const old = said[random.integer(0, said.length * 2)];
    if (!old) said.push((await messages.send(ada, room, `message ${number}`)).id);
    else if (random.integer(0, 3) === 0) await messages.call(ada, 'DELETE', `${path}/${old}`);
    else await messages.call(ada, 'PUT', `${path}/${old}`, { content: `edit ${number}` });
  };
  for (let number = 0; number < 60; number++) await write(number);
  const copy = new Map<string, string>();
  let pages = 0;
  for (let after = 0, hasMore = true; hasMore; pages++) {
    const rooms = [{ roomId: room.id, seq: after }];
    const question = { userId: bob.userId, rooms, limit: 7, positions: false, newAtCreation: true };
    const [page] = (await ask(messages.bus, calls.syncRooms, question)).rooms;
    if (!page) return expect.unreachable();
    const places = page.changes.map((change) => {
      if (change.kind !== 'message') return change.seq;
      const { id, seq, changedSeq, content } = change.message;
      expect([id, copy.has(id)]).toEqual([id, seq <= after]);
      copy.set(id, content);
      return seq > after ? seq : changedSeq;
    });
    expect(places.length).toBeLessThanOrEqual(7);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    expect(places.every((place) => place > after && place <= page.seq)).toBe(true);
    ({ seq: after, hasMore } = page);
    if (pages < 3) await write(100 + pages);
  }
  expect(pages).toBeGreaterThan(4);
  const { body } = await messages.call(bob, 'GET', `${path}?limit=100`);
  expect([...copy].sort()).toEqual(body.messages.map(({ id, content }: Json) => [id, content]).sort());
});

const withMethod = <T extends object>(target: T, name: string, method: unknown): T =>
  new Proxy(target, { get: (of, key) => (key === name ? method : Reflect.get(of, key)) });

test('a page is one snapshot: a leave and return meanwhile follow on the next', async () => {
  const room = await messages.room([ada, bob]);
  const [{ readSeq }] = (await sync(ada, { rooms: [{ roomId: room.id, seq: 0 }] })).rooms;
  await read(bob, room.id);
  const db = connectDatabase({ url: database.url, schema: 'messages' });
  const context = await createTestContext(messages.bus, db);
  /** Bob leaves and returns between the reads of changes and of positions. */
  const leaveAndReturn = async () => {
    await messages.leave(room, bob);
    await messages.join(room, bob);
  };
  const interrupted = (snapshot: Transaction): Transaction => {
    const acquireConnection = async () => {
      const connection = await snapshot.client.acquireConnection();
      const query = (statement: { text: string }, done: (...answer: unknown[]) => void) =>
        connection.query(statement, (...answer: unknown[]) => {
          if (!statement.text.includes('from timeline')) done(...answer);
          else void leaveAndReturn().then(() => done(...answer));
        });
      return withMethod(connection, 'query', query);
    };
    return withMethod(
      snapshot,
      'client',
      withMethod(snapshot.client, 'acquireConnection', acquireConnection),
    );
  };
  const transaction = <T>(work: (snapshot: Transaction) => Promise<T>, options: object) =>
    db.transaction((snapshot) => work(interrupted(snapshot)), options);
  const question = { rooms: [{ roomId: room.id, seq: 0, readSeq }], limit: 10 };
  const interruptible = { ...context, db: withMethod(db, 'transaction', transaction) };
  const databases = new Databases([interruptible]);
  const page = (await syncRooms({ ...context, databases }, ada, question)).rooms[0];
  await context.submitter.close();
  await db.destroy();
  expect(page).toMatchObject({ seq: 2, hasMore: false, positions: [{ userId: bob.userId, seq: 2 }] });
  const [next] = (await sync(ada, { rooms: [{ roomId: room.id, seq: page?.seq, readSeq: page?.readSeq }] }))
    .rooms;
  expect(next.changes.map(({ kind }: Json) => kind)).toEqual(['left', 'joined']);
  expect(next.positions).toMatchObject([{ userId: bob.userId, seq: 2 }]);
});
