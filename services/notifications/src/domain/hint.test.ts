import { expect, it } from 'vitest';
import { type Hint, mergeHints } from './hint.ts';

const hint = (id: string, kind: Hint['kind']): Hint => ({ userId: 'ann', id, kind });

it('a row is published once, as created if its batch creates it, and as removed if it removes it', () => {
  const hints = [
    ...[hint('a', 'created'), hint('b', 'updated'), hint('c', 'created')],
    ...[hint('a', 'updated'), hint('b', 'created'), hint('c', 'removed')],
  ];
  expect(mergeHints(hints)).toEqual([hint('a', 'created'), hint('b', 'created'), hint('c', 'removed')]);
});
