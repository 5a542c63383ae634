import { expect, test } from 'vitest';
import { type Position, reaches } from './read-replica.ts';

const at = (position: Record<string, number[]>): Position => new Map(Object.entries(position));

test.each([
  ['answers if it is level', { a: [3, 1], b: [7, 0] }, true],
  ['answers if it is ahead', { a: [4, 1], b: [7, 2] }, true],
  ['does not answer if it is behind in one number', { a: [3, 0], b: [7, 0] }, false],
  ['does not answer if it lacks a room', { a: [3, 1] }, false],
  ['does not answer if it still has a deleted room', { a: [3, 1], b: [7, 0], c: [1, 1] }, false],
  ['does not answer if it has another room instead', { a: [3, 1], c: [9, 9] }, false],
])('a replica %s', (_case, replica, may) => {
  expect(reaches(at(replica), at({ a: [3, 1], b: [7, 0] }))).toBe(may);
});
