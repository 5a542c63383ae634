import { MemoryBus } from '@parley/bus';
import { createLogger } from '@parley/runtime';
import { createTestAuth, createTestDatabase } from '@parley/testkit';
import { expect, test } from 'vitest';
import { person, startMessages } from './messages-harness.ts';

test('even two writers of one room at once (a hand-over gone wrong) number it 1..N without holes or doubles', async () => {
  const database = await createTestDatabase();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const replicas = await Promise.all(
    [1, 2].map(async () => {
      const bus = new MemoryBus({ logger });
      for (const group of ['gateway', 'notifications'] as const)
        await bus.consume('timeline', group, async () => undefined);
      await bus.consume('directory', 'notifications', async () => undefined);
      return { bus, replica: await startMessages({ bus, database, auth: await createTestAuth(bus) }) };
    }),
  );
  const [one, two] = replicas.map(({ replica }) => replica);
  if (!one || !two) throw new Error('two replicas');
  try {
    const ada = person('ada');
    const rooms = await Promise.all([1, 2, 3].map(() => one.room([ada])));
    const sends = Array.from({ length: 240 }, (_, index) => ({
      replica: index % 2 ? one : two,
      room: rooms[index % 3] ?? rooms[0],
      index,
    }));
    await Promise.all(
      sends.map(({ replica, room, index }) =>
        room
          ? replica
              .send(ada, room, `m${index}`, { clientId: `k${Math.floor(index / 6)}-${index % 3}` })
              .catch((error: Error) => error.message)
          : undefined,
      ),
    );
    for (const room of rooms) {
      const history = await one.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages?limit=200`);
      const seqs = history.body.messages.map((message: { seq: number }) => message.seq);
      // Each key was tried twice, by either replica, with different content: one is stored, the other a conflict.
      expect(seqs).toEqual(Array.from({ length: 40 }, (_, index) => index + 2));
    }
  } finally {
    await Promise.all(replicas.map(({ replica }) => replica.stop()));
    await Promise.all(replicas.map(({ bus }) => bus.close()));
    await database.drop();
  }
});
