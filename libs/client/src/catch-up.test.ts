import { erasedName, type Message } from '@parley/contracts';
import { expect, test } from 'vitest';
import { catchUp } from './catch-up.ts';

const message = (seq: number, changes: Partial<Message> = {}): Message => ({
  id: `m${seq}`,
  roomId: 'room',
  seq,
  changedSeq: seq,
  userId: 'ada-id',
  username: 'ada',
  content: `number ${seq}`,
  clientId: null,
  replyTo: null,
  isEncrypted: false,
  reactions: [],
  createdAt: '2026-01-31T12:00:00.000Z',
  editedAt: null,
  deletedAt: null,
  ...changes,
});
const changed = (one: Message) => ({ kind: 'message' as const, seq: one.changedSeq, message: one });
const outline = (events: ReturnType<typeof catchUp>) => events.map(({ type, seq }) => `${type} ${seq}`);

test('a new message appears where it was created, in its current state, even if changed later', () => {
  const edited = message(5, { changedSeq: 8, content: 'better', editedAt: '2026-01-31T12:01:00.000Z' });
  const events = catchUp('room', [changed(message(6)), changed(message(7)), changed(edited)], [], 4);
  expect(outline(events)).toEqual(['message 5', 'message 6', 'message 7']);
  expect(events[0]).toMatchObject({ content: 'better' });
});

test('a message that was emitted before appears as edited, reacted to, pinned or deleted', () => {
  const reactions = [{ reaction: '👍', count: 2, userIds: [] }];
  const edited = message(1, { changedSeq: 5, editedAt: '2026-01-31T12:01:00.000Z' });
  const pinned = { userId: 'ada-id', at: '2026-01-31T12:03:00.000Z' };
  const reacted = message(2, { changedSeq: 6, reactions, pinned });
  const deleted = message(3, { changedSeq: 7, deletedAt: '2026-01-31T12:02:00.000Z', content: '' });
  const events = catchUp('room', [changed(edited), changed(reacted), changed(deleted)], [], 4);
  expect(outline(events)).toEqual([
    ...['edited 5', 'reaction 5', 'pinned 5', 'reaction 6', 'pinned 6', 'deleted 7'],
  ]);
  expect(events[3]).toMatchObject({ messageId: 'm2', counts: { '👍': 2 }, by: null });
  expect(events[4]).toMatchObject({ messageId: 'm2', pinned: { userId: 'ada-id' }, by: null });
});

test('a message whose author was erased appears as edited, as the server announces it', () => {
  const erased = message(1, { changedSeq: 5, username: erasedName });
  const [event] = catchUp('room', [changed(erased)], [], 4);
  expect(event).toMatchObject({ type: 'edited', username: erasedName, editedAt: erased.createdAt });
});

test('joins and leaves appear among the messages, and the history adds nothing twice', () => {
  const joined = {
    kind: 'joined' as const,
    seq: 6,
    userId: 'bob-id',
    username: 'bob',
    time: '2026-01-31T12:00:00.000Z',
  };
  const events = catchUp(
    'room',
    [joined, changed(message(7))],
    [message(5, { changedSeq: 900 }), message(7)],
    4,
  );
  expect(outline(events)).toEqual(['message 5', 'joined 6', 'message 7']);
  expect(events[1]).toMatchObject({ roomId: 'room', username: 'bob' });
});
