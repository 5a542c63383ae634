import { expect, test } from 'vitest';
import { type Recipient, statusOf } from './message-status.ts';

const message = { seq: 5, userId: 'ada' };
const one = (userId: string, readSeq: number, deliveredSeq: number, joinedSeq = 1): Recipient => ({
  userId,
  joinedSeq,
  readSeq,
  deliveredSeq,
});

test('the recipient who is furthest behind decides the status; the sender does not count', () => {
  expect(statusOf(message, [one('ada', 0, 0), one('bob', 0, 0)])).toBe('sent');
  expect(statusOf(message, [one('ada', 0, 0), one('bob', 7, 7), one('eve', 4, 4)])).toBe('sent');
  expect(statusOf(message, [one('bob', 7, 7), one('eve', 4, 5)])).toBe('delivered');
  expect(statusOf(message, [one('bob', 5, 5), one('eve', 6, 6)])).toBe('read');
});

test('a member who joined after a message does not set its status back', () => {
  expect(statusOf(message, [one('bob', 5, 5), one('eve', 0, 0, 6)])).toBe('read');
  expect(statusOf(message, [one('eve', 0, 0, 6)])).toBe('sent');
});
