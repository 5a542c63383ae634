import { RabbitBus } from '@parley/bus';
import type { ChangedBatch, RoomState } from '@parley/contracts';
import { createLogger } from '@parley/runtime';
import { createTestAuth, deleteQueues, eventually, testNamespace, testServices } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

const ada = person('ada');
const namespace = testNamespace();
const { amqpUrl: url } = testServices();
const logger = createLogger({ service: 'test', level: 'silent' });
/** More than the topic `timeline` has. */
const timelinePartitions = 8;

let bus: RabbitBus;
let messages: MessagesHarness;
beforeAll(async () => {
  bus = await RabbitBus.connect({ url, namespace, logger, timelinePartitions });
  messages = await startMessages({ bus, auth: await createTestAuth(bus) });
});
afterAll(async () => {
  await messages?.stop();
  await bus?.close();
});

/** Another service that consumes `timeline`. Connecting declares the topic's queues. */
async function startConsumer(room: RoomState) {
  const other = await RabbitBus.connect({ url, namespace, logger, timelinePartitions });
  /** The room's numbers in each event. */
  const events: number[][] = [];
  await other.consume('timeline', 'notifications', async (batches) => {
    for (const { data } of batches) {
      const own = (data as ChangedBatch).changes.filter(({ roomId }) => roomId === room.id);
      if (own.length > 0) events.push(own.flatMap((change) => ('seq' in change ? [change.seq] : [])));
    }
  });
  return { events, close: () => other.close() };
}

/** A room whose changes use another partition of `timeline`. */
async function roomElsewhere(partition: number): Promise<RoomState> {
  const room = await messages.room([ada]);
  return bus.partitionOf('timeline', room.id) === partition ? roomElsewhere(partition) : room;
}

test('authors wait for no publication to `timeline`; a failed one goes before later ones', async () => {
  const room = await messages.room([ada]);
  const partition = bus.partitionOf('timeline', room.id);
  const depth = async ({ id }: RoomState) =>
    (await bus.depths())[`submissions.messages.${bus.partitionOf('submissions', id)}`];
  await messages.send(ada, room, 'the join is published');
  const before = await startConsumer(room);
  await eventually(() => expect(before.events.flat()).toEqual([1, 2]));
  await before.close();
  // The broker refuses events of a topic without queues.
  await deleteQueues(url, [`${namespace}.timeline.notifications.${partition}`]);
  for (let n = 0; n < 10; n++) await messages.send(ada, room, `message ${n}`);
  // Written together with those, published to another partition of `timeline`.
  const other = await roomElsewhere(partition);
  await Promise.all([room, other].map((one) => messages.send(ada, one, 'in both')));
  await eventually(async () => expect(await depth(other)).toBe(0));
  expect(await depth(room)).toBeGreaterThanOrEqual(11);
  const consumer = await startConsumer(room);
  await eventually(() => expect(consumer.events.flat()).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]));
  // The first failed alone, or with those that came with it.
  expect(consumer.events.length).toBeLessThanOrEqual(2);
  await eventually(async () => expect(await depth(room)).toBe(0));
  await consumer.close();
});

test('a writer that stops publishes what it has gathered', async () => {
  const room = await messages.room([ada]);
  const consumer = await startConsumer(room);
  await messages.send(ada, room, 'the last one');
  await messages.stop();
  await eventually(() => expect(consumer.events.flat()).toEqual([1, 2]));
  await consumer.close();
});
