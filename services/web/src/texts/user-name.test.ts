import { erasedName } from '@parley/client';
import { expect, test } from 'vitest';
import { shownName } from './user-name.ts';

test('a user is shown by the name they have chosen, then by username; erased users by a text', () => {
  expect(shownName({ username: 'bob', name: 'Bob B.' }, 'deleted user')).toBe('Bob B.');
  expect(shownName({ username: 'bob', name: '' }, 'deleted user')).toBe('bob');
  expect(shownName({ username: 'bob' }, 'deleted user')).toBe('bob');
  for (const username of ['', erasedName])
    expect(shownName({ username, name: 'Bob B.' }, 'gelöschtes Konto')).toBe('gelöschtes Konto');
});
