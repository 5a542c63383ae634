import { expect, test } from 'vitest';
import { Gatherer } from './gatherer.ts';

const limits = { maxKeys: 3, maxInFlight: 1 };

test('keys that come while a question is in flight go together, at most `maxKeys`', async () => {
  const asked: string[][] = [];
  const gatherer = new Gatherer(async (keys: string[]) => {
    asked.push(keys);
    await new Promise((done) => setImmediate(done));
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  }, limits);
  const first = gatherer.get('a');
  await Promise.resolve();
  const others = ['b', 'c', 'b', 'd', 'e'].map((key) => gatherer.get(key));
  expect(await Promise.all([first, ...others])).toEqual(['A', 'B', 'C', 'B', 'D', 'E']);
  expect(asked).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
});

test('a key that comes while it is asked about is asked about again', async () => {
  let answers = 0;
  const gatherer = new Gatherer(async ([key = '']: string[]) => {
    answers += 1;
    await new Promise((done) => setImmediate(done));
    return new Map([[key, answers]]);
  }, limits);
  const first = gatherer.get('a');
  await Promise.resolve();
  const second = gatherer.get('a');
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});

test('a question that fails fails its keys and no others', async () => {
  const gatherer = new Gatherer(async (keys: string[]) => {
    if (keys.includes('a')) throw new Error('away');
    return new Map(keys.map((key) => [key, true]));
  }, limits);
  const first = gatherer.get('a');
  await Promise.resolve();
  const second = gatherer.get('b');
  await expect(first).rejects.toThrow('away');
  expect(await second).toBe(true);
});
