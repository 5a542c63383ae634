import { randomUUID } from 'node:crypto';
import { createClient } from '@parley/client';
import {
  useConnection,
  useMessages,
  useRooms,
  useThread,
  useThreadOf,
  useThreads,
  useUnreadThreads,
} from '@parley/react';
import { eventually } from '@parley/testkit';
import { createElement } from 'react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPeople, password } from '../client/sdk-people.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { contents, numbers } from './conversation.ts';
import { createMounts } from './mount.ts';

let target: Target;
const { someone, connect, unreliableProxy } = createPeople(() => target);
const { mount, mountTree } = createMounts();
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterAll(() => target?.stop());

/** Ada's client shows threads apart. Bob has asked in their direct room, and replied so often. */
async function withThread(replies: number, url = target.url) {
  const ada = createClient({ url, threads: true });
  const username = `ada-${randomUUID().slice(0, 8)}`;
  await ada.register({ username, email: `${username}@example.org`, password });
  const bob = await someone('bob');
  const { id: roomId } = await ada.directRoom((await bob.me()).userId);
  const live = connect(bob);
  const root = await live.send(roomId, 'root');
  const reply = (content: string, more = {}) => live.send(roomId, content, { threadRoot: root.id, ...more });
  for (const content of numbers(1, replies)) await reply(content);
  return { ada, bob, roomId, live, root, reply };
}

test('a thread: apart from its room, in both directions, and with stable items', async () => {
  const { ada, roomId, root, live, reply } = await withThread(30);
  const hook = mount(ada, () => ({
    room: useMessages(roomId),
    thread: useThread(roomId, root.id, { pageSize: 10 }),
    beside: useThreadOf(roomId, root.seq),
    rooms: useRooms(),
  }));
  const shown = () => contents(hook.current.thread.items);
  await eventually(() => expect(shown()).toEqual(numbers(21, 30)));
  await eventually(() => expect(contents(hook.current.room.items)).toEqual(['root']));
  await eventually(() => expect(hook.current.beside).toMatchObject({ replies: 30, following: false }));
  expect(hook.current.thread.thread).toBe(hook.current.beside);
  const kept = hook.current.thread.items;
  while (hook.current.thread.hasBefore) {
    await hook.current.thread.loadBefore();
    await eventually(() => expect(hook.current.thread.loading).toBeNull());
  }
  await eventually(() => expect(shown()).toEqual(['root', ...numbers(1, 30)]));
  expect(hook.current.thread.items.slice(21)).toEqual(kept);
  expect(hook.current.thread.items.slice(21).every((item, index) => item === kept[index])).toBe(true);
  await hook.current.thread.jumpTo(root.seq);

  await reply('31');
  await reply('32', { alsoInRoom: true });
  await eventually(() => expect(shown().slice(-2)).toEqual(['31', '32']));
  await eventually(() => expect(contents(hook.current.room.items)).toEqual(['root', '32']));
  await live.edit(roomId, root.id, 'what was asked');
  await eventually(() => expect(shown()[0]).toBe('what was asked'));
  await eventually(() => expect(hook.current.beside).toMatchObject({ replies: 32 }));
  expect(hook.current.beside?.root.content).toBe('what was asked');
  expect(hook.current.rooms.rooms).toMatchObject([{ unread: 2, lastMessage: { content: '32' } }]);
  await live.delete(roomId, root.id);
  await eventually(() => expect(hook.current.beside?.root.deletedAt).not.toBeNull());
});

test('a reply is pending in its thread alone, also during an outage; the user then follows', async () => {
  const proxy = await unreliableProxy();
  const { ada, roomId, root, live, reply } = await withThread(1, proxy.url);
  const renders: Record<string, number> = {};
  const hook = mount(ada, () => ({
    room: useMessages(roomId),
    thread: useThread(roomId, root.id),
    lists: {
      followed: useThreads(),
      unread: useThreads({ filter: 'unread' }),
      all: useThreads({ filter: 'all' }),
    },
    counts: useUnreadThreads(),
    connection: useConnection(),
  }));
  const Row = ({ rootSeq }: { rootSeq: number }) => {
    renders[rootSeq] = (renders[rootSeq] ?? 0) + 1;
    return createElement('i', null, useThreadOf(roomId, rootSeq)?.replies);
  };
  mountTree(
    ada,
    createElement(
      'p',
      null,
      [root.seq, 0].map((rootSeq) => createElement(Row, { key: rootSeq, rootSeq })),
    ),
  );
  const shown = () => contents(hook.current.thread.items);
  const listed = () => Object.values(hook.current.lists).map(({ threads }) => threads.length);
  await eventually(() => expect(shown()).toEqual(['root', '1']));
  await eventually(() => expect(listed()).toEqual([0, 0, 1]));
  const silent = renders[0];
  await eventually(() => expect(hook.current.connection.state).toBe('online'));
  proxy.block();
  await eventually(() => expect(hook.current.connection.state).toBe('waiting'));
  const { clientId } = hook.current.thread.send('while offline');
  await eventually(() =>
    expect(hook.current.thread.items.at(-1)).toMatchObject({ kind: 'pending', key: clientId }),
  );
  expect(contents(hook.current.room.items)).toEqual(['root']);
  proxy.unblock();
  hook.current.connection.retryNow();
  await eventually(
    () => expect(hook.current.thread.items.at(-1)).toMatchObject({ kind: 'message', key: clientId }),
    { timeoutMs: 60_000 },
  );
  // Since they have replied, the reply before theirs is unread.
  await eventually(() => expect(listed()).toEqual([1, 1, 1]));
  await hook.current.thread.markRead();
  await eventually(() => expect(listed()).toEqual([1, 0, 1]));

  await reply('2');
  await eventually(() => expect(hook.current.counts).toMatchObject({ threads: 1, replies: 1 }));
  expect(listed()).toEqual([1, 1, 1]);
  await hook.current.thread.markRead();
  await eventually(() => expect(hook.current.counts).toMatchObject({ threads: 0, replies: 0 }));
  await eventually(() => expect(listed()).toEqual([1, 0, 1]));
  // The only unread reply is withdrawn, and another one is read on another device.
  const { id } = await reply('withdrawn');
  await eventually(() => expect(hook.current.counts.replies).toBe(1));
  await live.delete(roomId, id);
  await eventually(() => expect(hook.current.counts.replies).toBe(0));
  await reply('3');
  await eventually(() => expect(hook.current.counts.replies).toBe(1));
  await hook.current.room.markRead();
  await ada.api.readThread({ roomId, messageId: root.id });
  await eventually(() => expect(hook.current.counts.replies).toBe(0));
  await hook.current.thread.follow(false);
  await eventually(() => expect(listed()).toEqual([0, 0, 1]));
  // A component with another thread has not rendered for any of that.
  expect(renders[0]).toBe(silent);
});
