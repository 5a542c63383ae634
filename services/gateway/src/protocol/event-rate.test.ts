import { expect, test } from 'vitest';
import { EventRate } from './event-rate.ts';

test('each key may burst up to the limit, then continue at the rate', () => {
  let now = 0;
  const rate = new EventRate({ limit: 5, windowMs: 1_000 }, () => now);
  const [one, other] = [{}, {}];
  expect(Array.from({ length: 6 }, () => rate.take(one))).toEqual([0, 0, 0, 0, 0, 200]);
  expect(rate.take(other)).toBe(0);
  now = 200;
  expect([rate.take(one), rate.take(one)]).toEqual([0, 200]);
  now = 60_000;
  expect(Array.from({ length: 6 }, () => rate.take(one))).toEqual([0, 0, 0, 0, 0, 200]);
});

test('`off` disables the limit', () => {
  const rate = new EventRate('off', () => 0);
  const one = {};
  expect(Array.from({ length: 1_000 }, () => rate.take(one)).every((waitMs) => waitMs === 0)).toBe(true);
});
