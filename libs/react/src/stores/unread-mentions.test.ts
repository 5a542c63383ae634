import { expect, it } from 'vitest';
import { mentionsUser } from './unread-mentions.ts';

it('a text mentions a user by the whole name, in any case, and not within an address', () => {
  const texts = ['hi @Ann', '@ann: hello', '＠ＡＮＮ!', '(@ann)', 'you @Ann', '@bob @ann'];
  expect(texts.filter((text) => !mentionsUser(text, 'ann'))).toEqual([]);
  const others = ['ann', '@anna', 'me@ann.org', '@ann_b', '@ an', 'hi @ann1'];
  expect(others.filter((text) => mentionsUser(text, 'ann'))).toEqual([]);
  expect(mentionsUser('well, @Ann  Lee.', 'ann lee')).toBe(true);
});
