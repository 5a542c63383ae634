import { newId } from '@parley/runtime';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Receipt, Receipts } from './receipts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount(), 'no timer without receipts').toBe(0);
  vi.useRealTimers();
});

const roomId = newId();
const key = `room:${roomId}`;
const read = (userId: string, seq: number, messageId: string | null = `m${seq}`): Receipt => ({
  kind: 'read.advanced',
  roomId,
  by: { userId, username: userId },
  messageId,
  position: { roomId, userId, seq, readAt: new Date(seq).toISOString() },
});

function setUp() {
  const delivered: [string, number, string | null][] = [];
  const receipts = new Receipts((_, { by, position, messageId }) =>
    delivered.push([by.userId, position.seq, messageId]),
  );
  return { receipts, delivered, frames: () => delivered.splice(0).length };
}

test('a reader who reads on causes one receipt a second, at last that of the last message', () => {
  const { receipts, delivered } = setUp();
  for (let seq = 1; seq <= 50; seq++) {
    receipts.accept(key, read('ada', seq));
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(2_000);
  expect(delivered.map(([, seq]) => seq)).toEqual([1, 10, 20, 30, 40, 50]);
});

test('the first receipt of every reader and kind arrives at once', () => {
  const { receipts, delivered } = setUp();
  for (const userId of ['ada', 'bob']) receipts.accept(key, read(userId, 1));
  receipts.accept(key, { ...read('ada', 1), kind: 'delivery.advanced' } as Receipt);
  expect(delivered).toHaveLength(3);
  vi.advanceTimersByTime(1_000);
  expect(delivered).toHaveLength(3);
});

test('a receipt without a message keeps the message of the one that it replaces', () => {
  const { receipts, delivered } = setUp();
  receipts.accept(key, read('ada', 1));
  receipts.accept(key, read('ada', 2));
  receipts.accept(key, read('ada', 3, null));
  vi.advanceTimersByTime(2_000);
  expect(delivered).toEqual([
    ['ada', 1, 'm1'],
    ['ada', 3, 'm2'],
  ]);
});

test('a receipt that arrives late does not set a position back', () => {
  const { receipts, delivered } = setUp();
  for (const seq of [1, 3, 2]) receipts.accept(key, read('ada', seq));
  vi.advanceTimersByTime(2_000);
  expect(delivered.map(([, seq]) => seq)).toEqual([1, 3]);
});

test('of a user who has left, nothing follows', () => {
  const { receipts, delivered } = setUp();
  for (const seq of [1, 2]) receipts.accept(key, read('ada', seq));
  receipts.left(key, roomId, 'ada');
  vi.advanceTimersByTime(2_000);
  expect(delivered).toHaveLength(1);
});

test('a room of 100 readers causes 100 receipts a second, however often they read', () => {
  const { receipts, frames } = setUp();
  for (let second = 0; second < 3; second++) {
    for (let time = 0; time < 5; time++) {
      for (let reader = 0; reader < 100; reader++)
        receipts.accept(key, read(`user ${reader}`, second * 5 + time));
      vi.advanceTimersByTime(200);
    }
    // The first of each reader at once, and the last one at the end of the second.
    expect(frames()).toBe(second === 0 ? 200 : 100);
  }
  vi.advanceTimersByTime(2_000);
});
