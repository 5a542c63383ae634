import { MemoryBus } from '@parley/bus';
import { createLogger } from '@parley/runtime';
import { createTestAuth, createTestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

/** Two writers of the same rooms at once, as during a failed failover. */
let one: MessagesHarness;
let other: MessagesHarness;
let stop: () => Promise<void>;
beforeAll(async () => {
  const database = await createTestDatabase();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const start = async (bus: MemoryBus) => {
    await bus.consume('timeline', 'notifications', async () => undefined);
    await bus.consume('directory', 'notifications', async () => undefined);
    return startMessages({ bus, database, auth: await createTestAuth(bus) });
  };
  const buses = [new MemoryBus({ logger }), new MemoryBus({ logger })] as const;
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
