import { expect, test } from 'vitest';
import { WriteRate } from './write-rate.ts';

test('five messages in ten seconds pass, the sixth gets a retry time, and the window slides', () => {
  const rate = new WriteRate();
  const limit = { limit: 5, windowMs: 10_000 };
  for (let second = 0; second < 5; second++) expect(rate.take('room', 'user', limit, second * 1_000)).toBe(0);
  expect(rate.take('room', 'user', limit, 5_000)).toBe(5_000);
  expect(rate.take('room', 'user', limit, 9_999)).toBe(1);
  expect(rate.take('room', 'user', limit, 10_000)).toBe(0);
  expect(rate.take('room', 'user', limit, 10_001)).toBe(999);
});

test('one user in one room does not count against another user or room', () => {
  const rate = new WriteRate();
  const limit = { limit: 1, windowMs: 1_000 };
  expect(rate.take('room', 'user', limit, 0)).toBe(0);
  expect(rate.take('room', 'other', limit, 0)).toBe(0);
  expect(rate.take('other', 'user', limit, 0)).toBe(0);
  expect(rate.take('room', 'user', limit, 0)).toBe(1_000);
});

test('a send that turns out to be a duplicate does not count', () => {
  const rate = new WriteRate();
  const limit = { limit: 1, windowMs: 1_000 };
  rate.take('room', 'user', limit, 0);
  rate.giveBack('room', 'user');
  expect(rate.take('room', 'user', limit, 1)).toBe(0);
});
