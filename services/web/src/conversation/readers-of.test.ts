import { expect, test } from 'vitest';
import { readersOf } from './readers-of.ts';

/** Ada, Bob, and others, who have all read everything except Bob. */
function room(count: number) {
  const ids = ['ada', 'bob', ...Array.from({ length: count - 2 }, (_, index) => `user ${index}`)];
  const members = ids.map((userId) => ({ userId }));
  const positions = Object.fromEntries(ids.map((id) => [id, id === 'bob' ? 6 : 7]));
  return { members, positions };
}

test('a room of 20 members shows who has read the last message; a larger one does not', () => {
  const readers = (count: number, author: string) => {
    const { members, positions } = room(count);
    return readersOf({ seq: 7, userId: author }, members, positions, 'ada').map(({ userId }) => userId);
  };
  expect(readers(3, 'ada')).toEqual(['user 0']);
  expect(readers(3, 'user 0')).toEqual([]);
  expect(readers(20, 'ada')).toHaveLength(18);
  expect(readers(21, 'ada')).toEqual([]);
  expect(readersOf(undefined, room(3).members, {}, 'ada')).toEqual([]);
});
