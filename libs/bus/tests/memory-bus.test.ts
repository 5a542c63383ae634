import { AppError } from '@parley/errors';
import { expect, test } from 'vitest';
import { MemoryBus } from '../src/index.ts';
import { busContract } from './bus-contract.ts';
import { numbered, numbersOf, silent, upTo } from './test-events.ts';

busContract('MemoryBus', async () => {
  const bus = new MemoryBus({ logger: silent, timelinePartitions: 8 });
  return { one: bus, two: bus };
});

test('a lingering consumer delays no publisher, and finishes before the bus closes', async () => {
  const bus = new MemoryBus({ logger: silent });
  const done: number[] = [];
  await bus.consume('auth', 'directory', async (events) => void done.push(...numbersOf(events)), {
    lingerMs: 60_000,
  });
  await Promise.all(upTo(3).map((n) => bus.publish('auth', 0, numbered(n))));
  expect(done).toEqual([]);
  await bus.close();
  expect(done).toEqual(upTo(3));
});

test('services that stop together do not wait for each other’s events', async () => {
  const bus = new MemoryBus({ logger: silent });
  const consumer = await bus.consume('auth', 'directory', async () => {
    throw new AppError('unavailable');
  });
  const published = bus.publish('auth', 0, numbered(0));
  bus.abandon();
  await consumer.close();
  await expect(published).rejects.toMatchObject({ code: 'unavailable' });
  await expect(bus.publish('auth', 0, numbered(1))).rejects.toMatchObject({ code: 'unavailable' });
});
