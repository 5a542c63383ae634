import { expect, test } from 'vitest';
import { newId } from './ids.ts';

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids are unique version 7 UUIDs and increase within a process', () => {
  const ids = Array.from({ length: 100_000 }, newId);
  expect(ids.every((id) => uuid7.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ''))).toBe(true);
});

test('an id contains its creation time', () => {
  const before = Date.now();
  const made = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
  expect(made).toBeGreaterThanOrEqual(before - 1);
  expect(made).toBeLessThanOrEqual(Date.now());
});
