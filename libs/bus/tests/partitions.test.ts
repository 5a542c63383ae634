import { createLogger, newId } from '@parley/runtime';
import { testNamespace, testServices } from '@parley/testkit';
import { expect, test } from 'vitest';
import { MemoryBus, RabbitBus } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

test('timelines use exactly the configured partitions; other topics keep theirs', async () => {
  const bus = new MemoryBus({ logger, timelinePartitions: 5 });
  const ids = Array.from({ length: 500 }, newId);
  for (const topic of ['submissions', 'timeline'] as const) {
    const found = ids.map((id) => bus.partitionOf(topic, id));
    expect([...new Set(found)].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(found).toEqual(ids.map((id) => bus.partitionOf('timeline', id)));
  }
  expect([...new Set(ids.map((id) => bus.partitionOf('directory', id)))].sort()).toEqual([0, 1, 2, 3]);
  const event = {
    id: newId(),
    type: 'timeline.changed',
    version: 1,
    time: new Date().toISOString(),
    data: { changes: [] },
  };
  await expect(bus.publish('timeline', 5, event)).rejects.toThrow(RangeError);
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
