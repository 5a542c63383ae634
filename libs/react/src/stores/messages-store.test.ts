import type { Message, MessageEvent } from '@parley/client';
import { expect, test, vi } from 'vitest';
import { collectGarbage, fakeLive } from '../../tests/fake-live.ts';
import { roomScope } from './message-scope.ts';
import { MessagesStore } from './messages-store.ts';
import type { RoomsStore } from './rooms-store.ts';
import { noThreads, ThreadsStore } from './threads-store.ts';

const message = (seq: number): Message => ({
  ...{ id: `id-${seq}`, roomId: 'garden', seq, changedSeq: seq, userId: 'bob', username: 'bob' },
  ...{ content: `line ${seq}`, clientId: null, replyTo: null, isEncrypted: false, reactions: [] },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', editedAt: null, deletedAt: null },
});
interface Query {
  limit: number;
  before_seq?: number;
  after_seq?: number;
}

/** The store of a room with so many messages, and a way to add one. */
function roomOf(count: number) {
  const history = async (_roomId: string, { limit, before_seq = count + 1, after_seq }: Query) => {
    const from = after_seq === undefined ? Math.max(before_seq - limit, 1) : after_seq + 1;
    const to = after_seq === undefined ? before_seq - 1 : Math.min(after_seq + limit, count);
    const messages = Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
    return { messages, pagination: { hasMore: after_seq === undefined ? from > 1 : to < count } };
  };
  const { login, emit } = fakeLive({ history, api: { getUnread: async () => ({ rooms: [] }) } });
  const scope = roomScope('garden', {} as RoomsStore, new ThreadsStore(login, noThreads));
  const store = new MessagesStore(login, 'garden', scope);
  const receive = () => {
    count += 1;
    emit('message', { type: 'message', ...message(count) } satisfies Partial<MessageEvent>);
  };
  /** The server is restored to an older state, with fewer messages. */
  const restore = (to: number) => {
    count = to;
    emit('reset', { roomId: 'garden' });
  };
  return { store, receive, restore, emit };
}

test('a long room keeps at most 1,000 messages, those around the reader', async () => {
  const { store, receive } = roomOf(1_100);
  store.openAt('latest', { pageSize: 200 });
  const release = store.use();
  const shows = (from: number, to: number) =>
    vi.waitFor(() => {
      const { items } = store.get();
      expect([items.length, items[0]?.key, items.at(-1)?.key]).toEqual([
        to - from + 1,
        `id-${from}`,
        `id-${to}`,
      ]);
    });
  await shows(901, 1_100);
  for (const from of [701, 501, 301, 101]) {
    await store.methods.loadBefore();
    await shows(from, 1_100);
  }
  // The reader goes back in time, so a new message does not replace an old one.
  receive();
  await vi.waitFor(() => expect(store.get()).toMatchObject({ hasAfter: true, newSince: 1 }));
  await store.methods.loadBefore();
  await shows(1, 1_000);
  expect(store.get()).toMatchObject({ hasBefore: false, hasAfter: true });
  await store.methods.loadAfter();
  await shows(102, 1_101);
  expect(store.get()).toMatchObject({ hasBefore: true, hasAfter: false, newSince: 0 });
  receive();
  await shows(103, 1_102);
  release();
});

test('after a restore of the server, the room is loaded again, without what is void', async () => {
  const { store, receive, restore } = roomOf(10);
  const release = store.use();
  const shows = (count: number) =>
    vi.waitFor(() => {
      const { items, loading } = store.get();
      expect([items.length, items.at(-1)?.key, loading]).toEqual([count, `id-${count}`, null]);
    });
  await shows(10);
  receive();
  await shows(11);
  restore(8);
  await shows(8);
  // The next message has a number that another one had before.
  receive();
  await shows(9);
  release();
});

test('a store that nobody uses any more keeps no messages', async () => {
  const { store } = roomOf(10);
  const release = store.use();
  const shown = await vi.waitFor(() => {
    const [item] = store.get().items;
    if (!item) throw new Error('not loaded');
    return new WeakRef(item);
  });
  release();
  await vi.waitFor(
    () => {
      collectGarbage();
      // An error would keep the item itself.
      expect(shown.deref() === undefined).toBe(true);
    },
    { timeout: 10_000, interval: 100 },
  );
});

test('the first members are not announced, whenever the creation of the room is stored', async () => {
  const { store, emit } = roomOf(0);
  const release = store.use();
  await vi.waitFor(() => expect(store.get().loading).toBeNull());
  const joined = (seq: number, username: string) =>
    ({ type: 'joined', roomId: 'garden', seq, userId: username, username, time: '' }) as const;
  emit('joined', { ...joined(1, 'ada'), atCreation: true });
  emit('joined', joined(2, 'bob'));
  await vi.waitFor(() => expect(store.get().items).toMatchObject([{ kind: 'joined', username: 'bob' }]));
  release();
});
