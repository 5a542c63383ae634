import { expect, test } from 'vitest';
import { SlidingWindow } from './sliding-window.ts';

test('five uses in ten seconds pass, the sixth gets a retry time, and the window slides', () => {
  const window = new SlidingWindow();
  const rate = { limit: 5, windowMs: 10_000 };
  for (let second = 0; second < 5; second++) expect(window.take('key', rate, second * 1_000)).toBe(0);
  expect(window.take('key', rate, 5_000)).toBe(5_000);
  expect(window.take('key', rate, 9_999)).toBe(1);
  expect(window.take('key', rate, 10_000)).toBe(0);
  expect(window.take('key', rate, 10_001)).toBe(999);
});

test('one key does not count against another', () => {
  const window = new SlidingWindow();
  const rate = { limit: 1, windowMs: 1_000 };
  expect(window.take('key', rate, 0)).toBe(0);
  expect(window.take('other', rate, 0)).toBe(0);
  expect(window.take('key', rate, 0)).toBe(1_000);
});

test('a use that turns out to have no effect does not count', () => {
  const window = new SlidingWindow();
  const rate = { limit: 1, windowMs: 1_000 };
  window.take('key', rate, 0);
  window.giveBack('key');
  expect(window.take('key', rate, 1)).toBe(0);
});
