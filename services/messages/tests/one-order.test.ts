import { MemoryBus } from '@parley/bus';
import { makeEvent } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { createTestAuth, createTestDatabase, queryOnce } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

/** Two writers of the same rooms at once, as during a failed failover. */
let one: MessagesHarness;
let other: MessagesHarness;
let stop: () => Promise<void>;
let databaseUrl: string;
const timelinePartitions = 16;
beforeAll(async () => {
  const database = await createTestDatabase();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const start = async (bus: MemoryBus) => {
    await bus.consume('timeline', 'notifications', async () => undefined);
    await bus.consume('directory', 'notifications', async () => undefined);
    return startMessages({ bus, database, auth: await createTestAuth(bus) });
  };
  const bus = () => new MemoryBus({ logger, timelinePartitions });
  const buses = [bus(), bus()] as const;
  databaseUrl = database.url;
  [one, other] = await Promise.all([start(buses[0]), start(buses[1])]);
  stop = async () => {
    await Promise.all([one.stop(), other.stop()]);
    await Promise.all(buses.map((bus) => bus.close()));
    await database.drop();
  };
});
afterAll(() => stop());

test('two concurrent writers of a room number its messages 1..N without gaps or duplicates', async () => {
  const ada = person('ada');
  const rooms = await Promise.all([1, 2, 3].map(() => one.room([ada])));
  const sends = Array.from({ length: 240 }, (_, index) => ({
    writer: index % 2 ? one : other,
    room: rooms[index % 3] ?? rooms[0],
    index,
  }));
  await Promise.all(
    sends.map(({ writer, room, index }) =>
      room
        ? writer
            .send(ada, room, `m${index}`, { clientId: `k${Math.floor(index / 6)}-${index % 3}` })
            .catch((error: Error) => error.message)
        : undefined,
    ),
  );
  for (const room of rooms) {
    const history = await one.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages?limit=200`);
    const seqs = history.body.messages.map((message: { seq: number }) => message.seq);
    // Both writers got each key with different content: one message is stored, the other conflicts.
    expect(seqs).toEqual(Array.from({ length: 40 }, (_, index) => index + 2));
  }
});

test('read positions become visible in order of their numbers, even with two writers of a room', async () => {
  const people = Array.from({ length: 12 }, (_, index) => person(`reader${index}`));
  const room = await one.room(people);
  const [first] = people as [Person];
  const positions = new Map<string, number>();
  const cursor = { roomId: room.id, seq: 0, readSeq: 0 };
  const follow = async () => {
    const [synced] = (await one.call(first, 'POST', '/api/v1/sync', { rooms: [cursor] })).body.rooms;
    Object.assign(cursor, { seq: synced.seq, readSeq: synced.readSeq });
    for (const { userId, seq } of synced.positions) positions.set(userId, seq);
  };
  for (let round = 0; round < 20; round++) {
    const { seq } = await one.send(first, room, `${round}`);
    let reading = true;
    const following = (async () => {
      while (reading) await follow();
    })();
    const path = `/api/v1/rooms/${room.id}/messages/read`;
    await Promise.all(people.map((who, index) => (index % 2 ? one : other).call(who, 'POST', path, {})));
    reading = false;
    await following;
    await follow();
    expect([round, ...positions.values()]).toEqual([round, ...people.map(() => seq)]);
  }
});

test('submissions to many partitions are written together, and a bad one fails alone', async () => {
  const ada = person('ada');
  const rooms = await Promise.all(Array.from({ length: 32 }, () => one.room([ada])));
  const { bus } = one;
  const partitions = new Set(rooms.map(({ id }) => bus.partitionOf('submissions', id)));
  expect(partitions.size).toBeGreaterThan(4);
  const publish = (partition: number, data: object) =>
    bus.publish('submissions', partition, {
      ...makeEvent('timeline.submitted', { origin: null, items: [] }, { id: newId(), now: Date.now() }),
      data,
    });
  const submit = (content: string) =>
    rooms.map(({ id: roomId }) => {
      const text = { op: 'send', content, clientId: null, replyTo: null, isEncrypted: false };
      const items = [{ ref: 1, id: newId(), roomId, by: ada, ...text }];
      return publish(bus.partitionOf('submissions', roomId), { origin: null, items });
    });
  const stored = async (content: string) => {
    const [found] = await queryOnce<{ rows: number; transactions: number }>(
      databaseUrl,
      `select count(*)::int as rows, count(distinct xmin::text)::int as transactions
         from messages.timeline where content = '${content}'`,
    );
    return found;
  };
  await Promise.all(submit('together'));
  expect(await stored('together')).toEqual({ rows: rooms.length, transactions: 1 });
  await Promise.all([publish(0, { origin: null }), ...submit('beside a bad one')]);
  expect(await stored('beside a bad one')).toMatchObject({ rows: rooms.length });
  expect(await bus.deadLetters('messages').count()).toBe(1);
});
