import { expect, it } from 'vitest';
import { Cache } from './cache.ts';

it('keeps as many entries as it may, those that were used last', () => {
  const cache = new Cache<number>(3);
  for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index);
  cache.get('a');
  cache.set('d', 3);
  expect([...cache.keys()].sort()).toEqual(['a', 'c', 'd']);
  cache.delete('c');
  for (let index = 0; index < 1_000; index++) cache.set(`key ${index}`, index);
  expect(cache.size).toBe(3);
});

it('reserves no memory for entries that it does not have', () => {
  const before = process.memoryUsage().arrayBuffers;
  const caches = Array.from({ length: 20 }, () => new Cache<string>(1_000_000));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  expect(caches).toHaveLength(20);
});
