import { AppError } from '@parley/errors';
import { eventually } from '@parley/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { acrossPartitions, MemoryBus, type PartitionBatch } from '../src/index.ts';
import { gate, numbered, numbersOf, silent, upTo } from './test-events.ts';

const partitions = 16;

let bus: MemoryBus;
/** The numbers in each batch that was handled. */
let batches: number[][];
beforeEach(() => {
  bus = new MemoryBus({ logger: silent, timelinePartitions: partitions });
  batches = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await bus.close();
});

async function consume(
  handle: (numbers: readonly number[]) => Promise<unknown>,
  { maxEvents = 1_000, lingerMs = 0 } = {},
): Promise<void> {
  const combined = acrossPartitions(
    async (parts: readonly PartitionBatch[]) => {
      const numbers = parts.flatMap(({ events }) => numbersOf(events)).sort((one, other) => one - other);
      await handle(numbers);
      batches.push(numbers);
      return undefined;
    },
    { maxEvents },
  );
  await bus.consume('submissions', 'messages', combined, { maxBatch: 4, lingerMs });
}

/** Publishes one number after the other, each to the next partition. */
const publish = (numbers: readonly number[]) =>
  Promise.all(numbers.map((n) => bus.publish('submissions', n % partitions, numbered(n))));

test('what arrives in all partitions at once, or while a batch is handled, is one batch', async () => {
  const { passed, open } = gate();
  await consume(() => passed);
  const later = upTo(16).map((n) => n + 16);
  const published = [publish(upTo(16))];
  await new Promise(setImmediate);
  published.push(publish(later));
  open();
  await Promise.all(published);
  expect(batches).toEqual([upTo(16), later]);
});

test('what arrives one after the other while a batch is handled is one batch', async () => {
  const { passed, open } = gate();
  await consume(() => passed);
  const published = [publish([0])];
  await new Promise(setImmediate);
  for (const n of [1, 2, 1 + partitions, 2 + partitions, partitions, 3]) {
    published.push(publish([n]));
    await new Promise(setImmediate);
  }
  open();
  await Promise.all(published);
  expect(batches).toEqual([[0], [1, 2, 3, partitions, 1 + partitions, 2 + partitions]]);
});

test('partitions that linger at the same time form one batch', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await consume(async () => undefined, { lingerMs: 60 });
  await publish([0, 1]);
  await vi.advanceTimersByTimeAsync(50);
  await publish([2, 3]);
  await vi.advanceTimersByTimeAsync(10);
  expect(batches).toEqual([upTo(4)]);
});

test('a batch has at most `maxEvents`, but the part of a partition is not split', async () => {
  await consume(async () => undefined, { maxEvents: 6 });
  await publish(upTo(64));
  expect(batches.flat()).toHaveLength(64);
  expect(Math.max(...batches.map(({ length }) => length))).toBe(4);
});

test.each([
  ['a bad event', new TypeError('a bug'), { deadLetters: 1 }],
  ['a missing dependency', new AppError('unavailable'), { deadLetters: 0 }],
])('%s fails its own partition only', async (_, error, { deadLetters }) => {
  let isFailing = true;
  await consume(async (numbers) => {
    if (isFailing && numbers.includes(5)) throw error;
  });
  const published = publish(upTo(16));
  const others = upTo(17).filter((n) => n !== 5);
  await publish([16]);
  await eventually(() => expect(batches.flat().sort((one, other) => one - other)).toEqual(others));
  isFailing = deadLetters > 0;
  await published;
  expect(batches.flat().includes(5)).toBe(!isFailing);
  expect(await bus.deadLetters('messages').count()).toBe(deadLetters);
});

test('a batch that takes long holds up no other partition', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { passed, open } = gate();
  await consume(async (numbers) => {
    if (numbers.includes(0)) await passed;
  });
  const slow = publish([0]);
  await new Promise(setImmediate);
  const others = publish([1, 2]);
  await vi.advanceTimersByTimeAsync(250);
  await others;
  expect(batches).toEqual([[1, 2]]);
  open();
  await slow;
});

test('a partition is done when its own part is confirmed', async () => {
  const { passed, open } = gate();
  const combined = acrossPartitions(
    async () => (partition) => (partition === 3 ? passed : Promise.resolve()),
    {
      maxEvents: 100,
    },
  );
  await bus.consume('submissions', 'messages', combined);
  const done: number[] = [];
  const published = upTo(5).map(async (n) => {
    await publish([n]);
    done.push(n);
  });
  await eventually(() => expect(done).toEqual([0, 1, 2, 4]));
  open();
  await Promise.all(published);
});
