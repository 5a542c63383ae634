import { expect, test } from 'vitest';
import { judgeThreads, type StoredReply } from './thread-verdict.ts';

const reply = (seq: number, userId: string, over: Partial<StoredReply> = {}): StoredReply => ({
  ...{ roomId: 'room', seq, userId, content: 'so', rootSeq: 1, rootUserId: 'ada', rootContent: 'why?' },
  ...over,
});
const replies = [
  reply(2, 'bob'),
  reply(3, 'ada'),
  reply(4, 'bob'),
  // Ada does not take part in these.
  reply(6, 'bob', { rootSeq: 5, rootUserId: 'eve' }),
  reply(7, 'bob', { roomId: 'other' }),
  // Eve is mentioned in this one.
  reply(9, 'bob', { roomId: 'third', rootSeq: 8, rootUserId: 'bob', content: 'ask @eve' }),
];
const answer = (unread: number, listed = unread) => [
  { userId: 'ada', username: 'ada', kind: 'SDK', roomId: 'room', unread, listed },
];
const readTo = (readSeq: number) => [{ userId: 'ada', roomId: 'room', readSeq }];

test('unread replies of followed threads are those of others after the read position', () => {
  expect(judgeThreads(answer(2), readTo(0), replies)).toEqual([]);
  expect(judgeThreads(answer(1), readTo(2), replies)).toEqual([]);
  const ofEve = { userId: 'eve', username: 'eve', kind: 'SDK', roomId: 'third', unread: 1, listed: 1 };
  expect(judgeThreads([ofEve], [], replies)).toEqual([]);
  expect(judgeThreads(answer(0), readTo(4), replies)).toEqual([]);
  expect(judgeThreads(answer(0), [{ userId: 'ada', roomId: 'elsewhere', readSeq: 4 }], [])).toEqual([]);
});

test('another count, or a list with another sum, is drift', () => {
  for (const [unread, listed] of [
    [1, 2],
    [2, 1],
    [3, 3],
  ] as const) {
    const [finding, ...others] = judgeThreads(answer(unread, listed), readTo(0), replies);
    expect([finding?.kind, finding?.where, others]).toEqual(['unread drift', 'SDK', []]);
  }
});
