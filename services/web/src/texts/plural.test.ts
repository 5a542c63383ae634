import { expect, test } from 'vitest';
import { plural } from './plural.ts';

test('0 has a form of its own where there is one, in every language', () => {
  const used = plural('en', { zero: 'not used yet', one: 'used once', other: 'used # times' });
  expect([0, 1, 1_200].map(used)).toEqual(['not used yet', 'used once', 'used 1,200 times']);
  expect(plural('en', { one: '# member', other: '# members' })(0)).toBe('0 members');
});
