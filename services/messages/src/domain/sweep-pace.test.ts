import { expect, test } from 'vitest';
import { restMs, sweepEveryMs } from './sweep-pace.ts';

const hourMs = 3_600_000;

test.each([
  [60_000, 1_000],
  [24 * hourMs, 24 * 60_000],
  [90 * 24 * hourMs, hourMs],
])('with a retention of %d ms all rooms are swept every %d ms', (retentionMs, everyMs) => {
  expect(sweepEveryMs(retentionMs)).toBe(everyMs);
});

test('a sweep works at most a quarter of the time and expires one range per room and second', () => {
  expect([restMs(10, false), restMs(10, true), restMs(2_000, true)]).toEqual([30, 1_000, 6_000]);
});
