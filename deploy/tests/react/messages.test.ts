import { createClient, type ParleyClient } from '@parley/client';
import { type TimelineItem, useConnection, useMessages } from '@parley/react';
import { eventually } from '@parley/testkit';
import { createElement, memo, useEffect } from 'react';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createPeople, password } from '../client/sdk-people.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { contents, numbers, say } from './conversation.ts';
import { createMounts } from './mount.ts';

let target: Target;
const { someone, connect, unreliableProxy } = createPeople(() => target);
const { mount, mountTree } = createMounts();
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterAll(() => target?.stop());
afterEach(() => void vi.useRealTimers());

/** Ada, through that address, and Bob, who has sent this many messages to their direct room. */
async function withBob(count = 0, url?: string) {
  const [ada, bob] = [await someone('ada', url), await someone('bob')];
  const { id: roomId } = await ada.directRoom((await bob.me()).userId);
  const live = connect(bob);
  await say(live, roomId, numbers(1, count));
  return { ada, bob, roomId, live };
}
const seqs = async (client: ParleyClient, roomId: string) =>
  (await client.history(roomId, { limit: 200 })).messages.map(({ seq }) => seq);

test('pages in both directions, jumps, and messages that arrive meanwhile', async () => {
  const { ada, roomId, live } = await withBob(100);
  const hook = mount(ada, () => useMessages(roomId, { pageSize: 20 }));
  await eventually(() => expect(contents(hook.current.items)).toEqual(numbers(81, 100)));
  expect(hook.current).toMatchObject({ hasBefore: true, hasAfter: false, loading: null, error: null });
  const before = hook.current.items;
  await hook.current.loadBefore();
  await eventually(() => expect(contents(hook.current.items)).toEqual(numbers(61, 100)));
  expect(hook.current.items.slice(20).every((item, index) => item === before[index])).toBe(true);

  const [, , third = 0] = await seqs(ada, roomId);
  await hook.current.jumpTo(third);
  await eventually(() => expect(contents(hook.current.items)).toEqual(numbers(1, 12)));
  expect(hook.current).toMatchObject({ hasBefore: false, hasAfter: true });
  await live.send(roomId, '101');
  await eventually(() => expect(hook.current.newSince).toBe(1));
  expect(contents(hook.current.items)).toEqual(numbers(1, 12));
  await Promise.all([hook.current.loadAfter(), hook.current.loadAfter()]);
  await eventually(() => expect(contents(hook.current.items)).toEqual(numbers(1, 32)));
  while (hook.current.hasAfter) {
    await hook.current.loadAfter();
    await eventually(() => expect(hook.current.loading).toBeNull());
  }
  await live.send(roomId, '102');
  await eventually(() => expect(contents(hook.current.items)).toEqual(numbers(1, 102)));
  expect(hook.current.newSince).toBe(0);

  await hook.current.jumpTo(third);
  expect(contents(hook.current.items)).toEqual(numbers(1, 102));
});

test('sending from the middle of a room shows its end', async () => {
  const { ada, roomId } = await withBob(40);
  const [first = 0] = await seqs(ada, roomId);
  const hook = mount(ada, () => useMessages(roomId, { at: first, pageSize: 10 }));
  await eventually(() => expect(contents(hook.current.items)).toEqual(numbers(1, 5)));
  hook.current.send('mine');
  await eventually(() => expect(contents(hook.current.items).slice(-2)).toEqual(['40', 'mine']));
  expect(hook.current.hasAfter).toBe(false);
  await hook.current.jumpTo(first);
  await eventually(() => expect(hook.current.hasAfter).toBe(true));
  await hook.current.jumpToLatest();
  await eventually(() => expect(contents(hook.current.items).at(-1)).toBe('mine'));
  expect(hook.current.hasAfter).toBe(false);
});

test('a room opens at the first unread message', async () => {
  const { ada, roomId, live } = await withBob(30);
  const { messages } = await ada.history(roomId);
  await ada.api.markRead({ roomId, messageId: messages[9]?.id ?? '' });
  await live.send(roomId, '31');
  const hook = mount(ada, () => useMessages(roomId, { at: 'unread', pageSize: 10 }));
  await eventually(() => expect(contents(hook.current.items)).toEqual(numbers(6, 15)));
  expect(hook.current.firstUnreadSeq).toBe(messages[10]?.seq);
  await hook.current.markRead();
  const elsewhere = createClient({ url: target.url });
  await elsewhere.login({ username: (await ada.me()).username, password });
  const again = mount(elsewhere, () => useMessages(roomId, { at: 'unread', pageSize: 10 }));
  await eventually(() => expect(contents(again.current.items)).toEqual(numbers(22, 31)));
  expect(again.current.firstUnreadSeq).toBeNull();
});

/** A list whose rows count how often they render, and how often they are mounted. */
function countingList(roomId: string) {
  const renders: Record<string, number> = {};
  const mounts: Record<string, number> = {};
  let last: ReturnType<typeof useMessages> | undefined;
  const Row = memo(({ item }: { item: TimelineItem }) => {
    const [content = ''] = contents([item]);
    renders[content] = (renders[content] ?? 0) + 1;
    useEffect(() => {
      mounts[item.key] = (mounts[item.key] ?? 0) + 1;
    }, [item.key]);
    return createElement('li', null, content);
  });
  const List = () => {
    last = useMessages(roomId);
    return createElement(
      'ul',
      null,
      last.items.map((item) => createElement(Row, { key: item.key, item })),
    );
  };
  const current = () => {
    if (!last) throw new Error('the list has not rendered');
    return last;
  };
  return { tree: createElement(List), renders, mounts, current };
}

test('only the rows of changed messages render', async () => {
  const { ada, roomId, live } = await withBob(20);
  const { tree, renders, current } = countingList(roomId);
  mountTree(ada, tree);
  await eventually(() => expect(contents(current().items)).toEqual(numbers(1, 20)));
  const before = { ...renders };
  const [first, second, third] = (await ada.history(roomId)).messages;
  await live.edit(roomId, first?.id ?? '', 'edited');
  await live.delete(roomId, second?.id ?? '');
  await live.react(roomId, third?.id ?? '', '👍');
  await live.send(roomId, '21');
  await eventually(() => expect(contents(current().items)).toEqual(['edited', '', ...numbers(3, 20), '21']));
  expect(current().items[2]).toMatchObject({ message: { reactions: [{ reaction: '👍', count: 1 }] } });
  // StrictMode renders twice.
  const changed = { edited: 2, '': 2, 3: (before[3] ?? 0) + 2, 21: 2 };
  expect(renders).toEqual({ ...before, ...changed });
});

test('a pending message is shown at once, goes out once after an outage, and keeps its row', async () => {
  const proxy = await unreliableProxy();
  const { ada, bob, roomId } = await withBob(1, proxy.url);
  const { tree, mounts, current } = countingList(roomId);
  mountTree(ada, tree);
  const connection = mount(ada, useConnection);
  await eventually(() => expect(contents(current().items)).toEqual(['1']));
  proxy.block();
  await eventually(() => expect(connection.current.state).toBe('waiting'));
  const { clientId } = current().send('while offline');
  await eventually(() => expect(current().items.at(-1)).toMatchObject({ kind: 'pending', key: clientId }));
  proxy.unblock();
  connection.current.retryNow();
  await eventually(() => expect(current().items.at(-1)).toMatchObject({ kind: 'message', key: clientId }), {
    timeoutMs: 60_000,
  });
  expect(contents(current().items)).toEqual(['1', 'while offline']);
  expect((await bob.history(roomId)).messages.map(({ content }) => content)).toEqual(['1', 'while offline']);
  // StrictMode runs the effects of a new row twice.
  expect(mounts[clientId]).toBe(2);
});

test('a refused message stays as failed until it is retried or discarded', async () => {
  const { ada, bob, roomId } = await withBob(1);
  const adaId = (await ada.me()).userId;
  const hook = mount(ada, () => useMessages(roomId));
  await eventually(() => expect(contents(hook.current.items)).toEqual(['1']));
  await bob.api.blockUser({ userId: adaId });
  const { clientId } = hook.current.send('hello?');
  const other = hook.current.send('nobody there');
  await eventually(() =>
    expect(hook.current.items.slice(1)).toMatchObject([
      { kind: 'pending', key: clientId, message: { failed: { code: 'blocked' } } },
      { kind: 'pending', key: other.clientId, message: { failed: { code: 'blocked' } } },
    ]),
  );
  hook.current.discard(other.clientId);
  await eventually(() => expect(contents(hook.current.items)).toEqual(['1', 'hello?']));
  await bob.api.unblockUser({ userId: adaId });
  hook.current.retry(clientId);
  await eventually(() => expect(hook.current.items.at(-1)).toMatchObject({ kind: 'message', key: clientId }));
  expect(contents(hook.current.items)).toEqual(['1', 'hello?']);
});

test('after an absence, the messages and changes of that time are there, in order', async () => {
  const proxy = await unreliableProxy();
  const { ada, roomId, live } = await withBob(3, proxy.url);
  const hook = mount(ada, () => ({ messages: useMessages(roomId), connection: useConnection() }));
  await eventually(() => expect(contents(hook.current.messages.items)).toEqual(numbers(1, 3)));
  await eventually(() => expect(hook.current.connection.state).toBe('online'));
  const unchanged = hook.current.messages.items[2];
  const { messages } = await ada.history(roomId);
  proxy.block();
  await live.edit(roomId, messages[0]?.id ?? '', 'edited');
  await live.react(roomId, messages[1]?.id ?? '', '👍');
  await say(live, roomId, numbers(4, 6));
  proxy.unblock();
  hook.current.connection.retryNow();
  await eventually(
    () => expect(contents(hook.current.messages.items)).toEqual(['edited', ...numbers(2, 6)]),
    { timeoutMs: 60_000 },
  );
  const { userId } = messages[0] ?? {};
  await eventually(() =>
    expect(hook.current.messages.items[1]).toMatchObject({
      message: { reactions: [{ reaction: '👍', count: 1, userIds: [userId] }] },
    }),
  );
  expect(hook.current.messages.items[2]).toBe(unchanged);
  // The edit is reported with the message's reactions.
  await eventually(() => expect(hook.current.connection.missed).toBeGreaterThanOrEqual(5));
});

test('after a long absence, a wrong copy of a room is found and repaired', async () => {
  // Only the clock: minutes pass at once.
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true });
  const proxy = await unreliableProxy();
  const { ada, bob, roomId } = await withBob(30, proxy.url);
  // A fault of the client: it has lost two messages, and has an older state of another one.
  const { history } = ada;
  ada.history = async (...question) => {
    const page = await history.apply(ada, question);
    const kept = page.messages.filter(({ content }) => content !== '7' && content !== '8');
    const messages = kept.map((each) =>
      each.content === '20' ? { ...each, changedSeq: each.seq - 1, content: 'old' } : each,
    );
    return { ...page, messages };
  };
  const { getDigest } = ada.api;
  const digests = vi.spyOn(ada.api, 'getDigest');
  const hook = mount(ada, () => ({ messages: useMessages(roomId), connection: useConnection() }));
  const shown = () => contents(hook.current.messages.items);
  const wrong = [...numbers(1, 6), ...numbers(9, 19), 'old', ...numbers(21, 30)];
  await eventually(() => expect(shown()).toEqual(wrong));
  const beAway = async (text: string, ms = 0) => {
    await eventually(() => expect(hook.current.connection.state).toBe('online'));
    proxy.block();
    await eventually(() => expect(hook.current.connection.state).toBe('waiting'));
    await bob.api.sendMessage({ roomId, content: text });
    vi.setSystemTime(Date.now() + ms);
    proxy.unblock();
    hook.current.connection.retryNow();
    await eventually(() => expect(shown()).toContain(text), { timeoutMs: 60_000 });
  };
  await beAway('shortly');
  await eventually(() => expect(hook.current.connection.missed).toBe(1));
  expect([shown(), digests.mock.calls.length]).toEqual([[...wrong, 'shortly'], 0]);
  // A check without an answer is repeated after the next absence, however short.
  digests.mockRejectedValueOnce(new Error('no answer'));
  await beAway('long', 300_000);
  await eventually(() => expect(digests).toHaveBeenCalledTimes(1));
  expect(shown()).toEqual([...wrong, 'shortly', 'long']);
  await beAway('again');
  const right = [...numbers(1, 30), 'shortly', 'long', 'again'];
  await eventually(() => expect(shown()).toEqual(right), { timeoutMs: 60_000 });

  // A copy that cannot be repaired is loaded again, here without the fault.
  ada.history = history;
  const loads = vi.spyOn(ada, 'history');
  digests.mockImplementation(async (asked) => ({ ...(await getDigest(asked)), digest: 'another' }));
  await beAway('last', 300_000);
  await eventually(() => expect(loads).toHaveBeenCalled(), { timeoutMs: 60_000 });
  expect(shown()).toEqual([...right, 'last']);
});

test('members who join and leave appear among the messages', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const { id: roomId } = await ada.createRoom({ name: 'garden' });
  const hook = mount(ada, () => useMessages(roomId));
  await eventually(() => expect(hook.current.loading).toBeNull());
  await bob.joinRoom(roomId);
  const { username } = await bob.me();
  await eventually(() => expect(contents(hook.current.items)).toEqual([`${username} joined`]));
  hook.current.send('welcome');
  await eventually(() => expect(hook.current.items.at(-1)).toMatchObject({ kind: 'message' }));
  await bob.leaveRoom(roomId);
  await eventually(() =>
    expect(contents(hook.current.items)).toEqual([`${username} joined`, 'welcome', `${username} left`]),
  );
});

test('a room that the user may not see says so', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const { id: roomId } = await bob.createRoom({ name: 'secret', isPrivate: true });
  const hook = mount(ada, () => useMessages(roomId));
  await eventually(() => expect(hook.current).toMatchObject({ loading: null, items: [] }));
  expect(hook.current.error?.code).toBe('room_not_found');
});
