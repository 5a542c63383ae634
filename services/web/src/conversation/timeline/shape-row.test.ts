import type { TimelineItem } from '@parley/react';
import { describe, expect, test } from 'vitest';
import { countNewAfter, indexOfSeq, lastMessageUpTo, shapeRow } from './shape-row.ts';

// Local times, as the grouping is by the reader's days.
const noon = new Date(2026, 4, 4, 12, 0, 0).getTime();
const minute = 60_000;

const message = (seq: number, userId: string, time = noon, replyTo: string | null = null): TimelineItem => ({
  key: `m${seq}`,
  kind: 'message',
  message: {
    id: `m${seq}`,
    roomId: 'r',
    seq,
    changedSeq: seq,
    userId,
    username: userId,
    content: 'hello',
    clientId: null,
    replyTo,
    isEncrypted: false,
    reactions: [],
    createdAt: new Date(time).toISOString(),
    editedAt: null,
    deletedAt: null,
  },
});
const pending = (createdAt = noon): TimelineItem => ({
  key: 'p',
  kind: 'pending',
  message: { clientId: 'p', roomId: 'r', content: 'hello', createdAt },
});
const joined = (seq: number, time = noon): TimelineItem => ({
  key: `j${seq}`,
  kind: 'joined',
  seq,
  userId: 'bob',
  username: 'bob',
  time: new Date(time).toISOString(),
});

describe('the shape of a row', () => {
  test("the first row shows its day and author, and one author's next message continues it", () => {
    expect(shapeRow(undefined, message(1, 'ada'), null, 'me')).toEqual({
      day: noon,
      isUnreadStart: false,
      isFirst: true,
    });
    const next = message(2, 'ada', noon + 4 * minute);
    expect(shapeRow(message(1, 'ada'), next, null, 'me')).toEqual({
      day: 0,
      isUnreadStart: false,
      isFirst: false,
    });
  });

  test.each<[string, TimelineItem, TimelineItem, number | null]>([
    ['another author', message(1, 'ada'), message(2, 'bob'), null],
    ['a pause of five minutes', message(1, 'ada'), message(2, 'ada', noon + 5 * minute), null],
    ['a reply', message(1, 'ada'), message(2, 'ada', noon, 'm0'), null],
    ['the divider', message(1, 'ada'), message(2, 'ada'), 2],
    ['a line about a member', joined(1), message(2, 'bob'), null],
    ['another day', message(1, 'ada', noon), message(2, 'ada', noon + 12 * 60 * minute), null],
    ['a pending message after one of somebody else', message(1, 'ada'), pending(), null],
  ])('%s begins a group', (_, previous, item, firstUnreadSeq) => {
    expect(shapeRow(previous, item, firstUnreadSeq, 'me')).toMatchObject({
      isFirst: true,
      isUnreadStart: firstUnreadSeq !== null,
    });
  });

  test('a pending message continues the group of its author, and keeps doing so once it is stored', () => {
    expect(shapeRow(message(1, 'me'), pending(), null, 'me').isFirst).toBe(false);
    expect(shapeRow(message(1, 'me'), message(2, 'me'), null, 'me').isFirst).toBe(false);
  });

  test('days are those of the reader', () => {
    const beforeMidnight = new Date(2026, 4, 4, 23, 59, 59).getTime();
    const midnight = new Date(2026, 4, 5).getTime();
    expect(shapeRow(message(1, 'ada', beforeMidnight), message(2, 'ada', midnight), null, 'me').day).toBe(
      midnight,
    );
  });
});

describe('places in a timeline', () => {
  const items = [message(3, 'ada'), joined(5), message(9, 'me'), message(12, 'ada'), pending()];

  test('a number leads to its item, or to the next one', () => {
    expect([1, 3, 4, 9, 10, 12].map((seq) => indexOfSeq(items, seq))).toEqual([0, 0, 1, 2, 3, 3]);
    expect(indexOfSeq(items, 13)).toBe(-1);
    expect(indexOfSeq([], 1)).toBe(-1);
  });

  test('new messages are those of others after a number', () => {
    expect(countNewAfter(items, 2, 'me')).toBe(2);
    expect(countNewAfter(items, 3, 'me')).toBe(1);
    expect(countNewAfter(items, 12, 'me')).toBe(0);
  });

  test('the last stored message up to a row', () => {
    expect(lastMessageUpTo(items, 4)?.key).toBe('m12');
    expect(lastMessageUpTo(items, 1)?.key).toBe('m3');
    expect(lastMessageUpTo([pending()], 0)).toBeUndefined();
  });
});
