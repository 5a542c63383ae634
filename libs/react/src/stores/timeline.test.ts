import type { Message, ReactionEvent } from '@parley/client';
import { describe, expect, test } from 'vitest';
import { lacksUsers } from './message-changes.ts';
import { Timeline } from './timeline.ts';

const message = (seq: number, change: Partial<Message> = {}): Message => ({
  ...{ id: `id-${seq}`, roomId: 'garden', seq, changedSeq: seq, userId: 'bob', username: 'bob' },
  ...{ content: `line ${seq}`, clientId: null, replyTo: null, isEncrypted: false, reactions: [] },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', editedAt: null, deletedAt: null },
  ...change,
});
const edit = (of: number, seq: number, content: string) => ({
  ...{ type: 'edited' as const, id: `id-${of}`, roomId: 'garden', seq, userId: 'bob', username: 'bob' },
  ...{ content, editedAt: '2026-01-01T00:00:01.000Z' },
});
const passage = (seq: number, type: 'joined' | 'left' = 'joined') => ({
  ...{ type, roomId: 'garden', seq, userId: 'eve', username: 'eve', time: '2026-01-01T00:00:00.000Z' },
});
const pending = (clientId: string) => ({ clientId, roomId: 'garden', content: clientId, createdAt: 0 });

describe('a timeline', () => {
  test('keeps the order of `seq`, however messages are added, and has each once', () => {
    const timeline = new Timeline('ada');
    timeline.put([message(5), message(6)]);
    timeline.put([message(9)]);
    timeline.put([message(1), message(3), message(5)]);
    timeline.put([message(8)]);
    expect(timeline.messages().map(({ seq }) => seq)).toEqual([1, 3, 5, 6, 8, 9]);
  });

  test('an older version does not replace a newer one, and an equal one keeps the item', () => {
    const timeline = new Timeline('ada');
    timeline.put([message(1), message(2)]);
    const [first, second] = timeline.items(true, true, []);
    expect(timeline.change('id-1', edit(1, 7, 'newer'))).toBe(true);
    expect(timeline.change('id-1', edit(1, 5, 'older'))).toBe(false);
    timeline.put([message(1), message(2)]);
    const after = timeline.items(true, true, []);
    expect(after[0]).not.toBe(first);
    expect(after[0]).toMatchObject({ message: { content: 'newer', changedSeq: 7 } });
    expect(after[1]).toBe(second);
    expect(timeline.change('id-1', edit(1, 7, 'newer'))).toBe(false);
    expect(timeline.change('unknown', edit(3, 8, 'not loaded'))).toBe(false);
  });

  test('an erased author loses their name also in messages that nobody edited, and in lines', () => {
    const timeline = new Timeline('ada');
    timeline.addPassage(passage(1));
    timeline.put([message(2, { userId: 'eve', username: 'eve' }), message(3)]);
    const { createdAt } = message(2);
    timeline.change('id-2', {
      ...{ ...edit(2, 9, 'line 2'), userId: 'eve', username: 'deleted user', editedAt: createdAt },
    });
    expect(timeline.items(true, true, [])).toMatchObject([
      { kind: 'joined', username: 'deleted user' },
      { message: { username: 'deleted user', content: 'line 2', editedAt: null, changedSeq: 9 } },
      { message: { username: 'bob' } },
    ]);
  });

  test('a repair replaces messages whatever their version, adds others, and removes some', () => {
    const timeline = new Timeline('ada');
    timeline.put([message(1), message(2, { changedSeq: 9, content: 'wrong' }), message(4)]);
    timeline.repair([message(2), message(3)], [4]);
    const items = timeline.items(true, true, []);
    expect(items.map(({ key }) => key)).toEqual(['id-1', 'id-2', 'id-3']);
    expect(items[1]).toMatchObject({ message: { content: 'line 2', changedSeq: 2 } });
    expect(timeline.find('id-4')).toBeUndefined();
  });

  test('beyond a maximum, the messages at one end are forgotten, and can be added again', () => {
    const timeline = new Timeline('ada');
    const all = [1, 2, 3, 4, 5].map((seq) => message(seq, { userId: 'ada', clientId: `c${seq}` }));
    const keys = () => timeline.items(true, true, []).map(({ key }) => key);
    timeline.put(all);
    expect(timeline.trim(5, 'first')).toBe(false);
    expect(timeline.trim(3, 'first')).toBe(true);
    expect(keys()).toEqual(['c3', 'c4', 'c5']);
    expect(timeline.trim(2, 'last')).toBe(true);
    expect([timeline.find('id-5'), timeline.hasOwn('c5'), timeline.size]).toEqual([undefined, false, 2]);
    timeline.put(all);
    expect(keys()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
    const items = timeline.items(true, true, []);
    timeline.put(all);
    expect(timeline.items(true, true, [])).toBe(items);
  });

  test('pending messages follow at the end, until their message is there under the same key', () => {
    const timeline = new Timeline('ada');
    timeline.put([message(1)]);
    const waiting = [pending('a'), pending('b')];
    const items = timeline.items(true, true, waiting);
    expect(items.map(({ key }) => key)).toEqual(['id-1', 'a', 'b']);
    expect(timeline.items(true, true, waiting)[1]).toBe(items[1]);
    expect(timeline.items(true, false, waiting).map(({ key }) => key)).toEqual(['id-1']);
    timeline.put([message(2, { userId: 'ada', clientId: 'a' })]);
    const after = timeline.items(true, true, waiting);
    expect(after.map(({ key, kind }) => [key, kind])).toEqual([
      ['id-1', 'message'],
      ['a', 'message'],
      ['b', 'pending'],
    ]);
  });

  test("another user's message has its id as key, also with the same clientId", () => {
    const timeline = new Timeline('ada');
    timeline.put([message(1, { clientId: 'a' }), message(2, { userId: 'ada', clientId: 'a' })]);
    expect(timeline.items(true, true, []).map(({ key }) => key)).toEqual(['id-1', 'a']);
  });

  test('lines about members have their place among the loaded messages, and no other', () => {
    const timeline = new Timeline('ada');
    timeline.put([message(4), message(8)]);
    for (const event of [passage(2), passage(6), passage(9, 'left'), passage(6)]) timeline.addPassage(event);
    const keys = (isFromStart: boolean, isToEnd: boolean) =>
      timeline.items(isFromStart, isToEnd, []).map(({ key }) => key);
    expect(keys(true, true)).toEqual(['joined:2', 'id-4', 'joined:6', 'id-8', 'left:9']);
    expect(keys(false, false)).toEqual(['id-4', 'joined:6', 'id-8']);
    timeline.reset();
    expect(keys(true, true)).toEqual([]);
  });

  test('reactions count and know their users, unless an absence hides who it was', () => {
    const timeline = new Timeline('ada');
    timeline.put([message(1)]);
    const reaction = (seq: number, counts: Record<string, number>, by: ReactionEvent['by']) => ({
      ...{ type: 'reaction' as const, messageId: 'id-1', roomId: 'garden', seq, counts, by },
    });
    const by = (userId: string, on: boolean) => ({ userId, username: userId, reaction: '👍', on });
    timeline.change('id-1', reaction(2, { '👍': 1 }, by('bob', true)));
    timeline.change('id-1', reaction(3, { '👍': 2 }, by('eve', true)));
    expect(timeline.find('id-1')?.reactions).toEqual([{ reaction: '👍', count: 2, userIds: ['bob', 'eve'] }]);
    timeline.change('id-1', reaction(4, { '👍': 1 }, by('bob', false)));
    expect(timeline.find('id-1')?.reactions).toEqual([{ reaction: '👍', count: 1, userIds: ['eve'] }]);
    const known = timeline.find('id-1') ?? message(1);
    expect(lacksUsers(reaction(4, { '👍': 1 }, null), known)).toBe(false);
    expect(lacksUsers(reaction(9, { '👍': 1, '🌱': 1 }, null), known)).toBe(true);
  });
});
