import { type Topic, timelinePartitionOf } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { testNamespace, testServices } from '@parley/testkit';
import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { MemoryBus, RabbitBus } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

test('rooms use the configured partitions, their changes at most 4; other topics keep theirs', async () => {
  const bus = new MemoryBus({ logger, timelinePartitions: 7 });
  const ids = Array.from({ length: 500 }, newId);
  const used = (topic: Topic) => [...new Set(ids.map((id) => bus.partitionOf(topic, id)))].sort();
  expect(used('submissions')).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(used('timeline')).toEqual([0, 1, 2, 3]);
  for (const id of ids)
    expect(bus.partitionOf('timeline', id)).toBe(timelinePartitionOf(bus.partitionOf('submissions', id)));
  expect(used('directory')).toEqual([0, 1, 2, 3]);
  const event = {
    id: newId(),
    type: 'timeline.changed',
    version: 1,
    time: new Date().toISOString(),
    data: { changes: [] },
  };
  await expect(bus.publish('timeline', 4, event)).rejects.toThrow(RangeError);
  await bus.close();
});

test('a process with another number of partitions is refused', async () => {
  const options = { url: testServices().amqpUrl, namespace: testNamespace(), logger };
  const bus = await RabbitBus.connect({ ...options, timelinePartitions: 3 });
  const like = await RabbitBus.connect({ ...options, timelinePartitions: 3 });
  await expect(RabbitBus.connect({ ...options, timelinePartitions: 4 })).rejects.toThrow(
    'TIMELINE_PARTITIONS=4',
  );
  await Promise.all([bus.close(), like.close()]);
});

test('an installation of the last release is accepted up to four partitions, and else refused', async () => {
  const url = testServices().amqpUrl;
  const broker = await connect(url);
  const channel = await broker.createChannel();
  for (const timelinePartitions of [4, 5]) {
    const namespace = testNamespace();
    const recorded = { 'x-queue-type': 'classic', 'x-max-length': timelinePartitions };
    await channel.assertQueue(`${namespace}.partitions`, { durable: true, arguments: recorded });
    const connecting = RabbitBus.connect({ url, namespace, logger, timelinePartitions });
    if (timelinePartitions === 4) await (await connecting).close();
    else await expect(connecting).rejects.toThrow('TIMELINE_PARTITIONS=5');
  }
  await broker.close();
});
