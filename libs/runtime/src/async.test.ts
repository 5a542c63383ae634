import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { atMost, backoff, chunks, forEachLimit, pause } from './async.ts';

const never = new Promise<never>(() => undefined);

test('a pause ends when its signal aborts, and leaves no listener either way', async () => {
  const { signal, abort } = controller();
  const pauses = [
    pause(1, { signal }),
    pause(3_600_000, { signal }),
    pause(3_600_000, { signal, ref: false }),
  ];
  await pauses[0];
  expect(getEventListeners(signal, 'abort')).toHaveLength(2);
  abort();
  await Promise.all(pauses);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  await pause(3_600_000, { signal });
});

test('the pause doubles with every retry, up to its maximum', () => {
  const pauses = [0, 1, 2, 3, 4, 5_000].map((retries) => backoff(retries, { firstMs: 50, maxMs: 300 }));
  expect(pauses).toEqual([50, 100, 200, 300, 300, 300]);
});

test('items are worked on in order, never more than the limit at a time', async () => {
  const started: number[] = [];
  let inFlight = 0;
  let most = 0;
  await forEachLimit([10, 11, 12, 13, 14], 2, async (item, index) => {
    started.push(item - index);
    most = Math.max(most, ++inFlight);
    await Promise.resolve();
    inFlight -= 1;
  });
  expect({ started, most }).toEqual({ started: [10, 10, 10, 10, 10], most: 2 });
});

test('after a failure no further items are started', async () => {
  const started: number[] = [];
  const work = async (item: number) => {
    started.push(item);
    await Promise.resolve();
    if (item === 1) throw new Error('one failed');
  };
  await expect(forEachLimit([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('one failed');
  await new Promise(setImmediate);
  expect(started.length).toBeLessThan(4);
});

test('chunks cover a list in order', () => {
  expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunks([], 2)).toEqual([]);
});

test('slow work is no longer waited for; a failure in time is passed on', async () => {
  await atMost(1, never);
  await expect(atMost(3_600_000, Promise.reject(new Error('early')))).rejects.toThrow('early');
});

function controller() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
