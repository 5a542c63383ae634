import { expect, test } from 'vitest';
import { type Position, reaches } from './read-replica.ts';

const at = (position: Record<string, number[]>): Position => new Map(Object.entries(position));

test.each([
  ['level', { a: [3, 1], b: [7, 0] }, true],
  ['ahead', { a: [4, 1], b: [7, 2] }, true],
  ['behind in one number', { a: [3, 0], b: [7, 0] }, false],
  ['without one of the rooms', { a: [3, 1] }, false],
  ['with a room that the primary no longer has', { a: [3, 1], b: [7, 0], c: [1, 1] }, false],
  ['with another room in its place', { a: [3, 1], c: [9, 9] }, false],
])('a replica that is %s: may answer is %3$s', (_case, replica, may) => {
  expect(reaches(at(replica), at({ a: [3, 1], b: [7, 0] }))).toBe(may);
});
