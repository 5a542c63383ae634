import { expect, test } from 'vitest';
import { countReactions } from './reaction-counts.ts';

test('forms of one emoji that earlier releases stored apart count once per user', () => {
  const active = [
    { userId: 'ada', reaction: '❤' },
    { userId: 'bob', reaction: '👍' },
    { userId: 'ada', reaction: '❤\ufe0f' },
    { userId: 'bob', reaction: '❤\ufe0f' },
  ];
  expect(countReactions(active)).toEqual([
    { reaction: '❤\ufe0f', count: 2, userIds: ['ada', 'bob'] },
    { reaction: '👍', count: 1, userIds: ['bob'] },
  ]);
});
