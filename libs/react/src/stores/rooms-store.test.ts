import { expect, test, vi } from 'vitest';
import { fakeLive } from '../../tests/fake-live.ts';
import { RoomsStore } from './rooms-store.ts';
import { UserNamesStore } from './user-names-store.ts';

test('a count of the server from before a room was read does not replace the later one', async () => {
  const createdAt = '2026-01-01T00:00:00.000Z';
  let server = { unread: 2, readSeq: 1 };
  /** Holds the answer to a count back. */
  let hold: Promise<void> | undefined;
  const getUnread = vi.fn(async () => {
    const { unread, readSeq } = server;
    await hold;
    return { rooms: unread > 0 ? [{ roomId: 'garden', unread, seq: 3, readSeq }] : [] };
  });
  const { login } = fakeLive({
    sync: async () => ({ rooms: [], gained: [{ roomId: 'garden', seq: 3, readSeq: 1 }] }),
    rooms: async () => ({ rooms: [{ id: 'garden', createdAt }], nextCursor: null }),
    history: async () => ({ messages: [] }),
    api: { getUnread },
  });
  const store = new RoomsStore(login, new UserNamesStore(login));
  const release = store.use();
  await vi.waitFor(() => expect(store.get()).toMatchObject({ loading: false, unread: { total: 2 } }));

  let answer: () => void = () => undefined;
  hold = new Promise((resolve) => {
    answer = resolve;
  });
  const asked = getUnread.mock.calls.length;
  store.refresh();
  await vi.waitFor(() => expect(getUnread).toHaveBeenCalledTimes(asked + 1));
  server = { unread: 0, readSeq: 3 };
  store.markedRead('garden', 3);
  await vi.waitFor(() => expect(store.get().unread.total).toBe(0));
  answer();
  await vi.waitFor(() => expect(getUnread).toHaveBeenCalledTimes(asked + 2));
  expect(store.get().unread.total).toBe(0);
  release();
});

test('a part of a room is read or deleted: only the mentions in the rest count', async () => {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const message = (seq: number, content: string) => ({
    ...{ id: `m${seq}`, roomId: 'garden', userId: 'bob', username: 'bob', content, seq },
    ...{ changedSeq: seq, createdAt, deletedAt: null, isEncrypted: false, reactions: [] },
  });
  const stored = [
    message(2, '@ada one'),
    message(3, 'two'),
    message(4, '@ada three'),
    message(5, '@ada four'),
  ];
  let readSeq = 1;
  const unread = () => stored.filter(({ seq }) => seq > readSeq);
  const history = vi.fn(async (_: string, query: { after_seq?: number }) => ({
    messages: stored.filter(({ seq }) => query.after_seq !== undefined && seq > query.after_seq),
    pagination: { hasMore: false },
  }));
  const metadata = { roomId: 'garden', mentions: 3 };
  const { login, emit } = fakeLive({
    sync: async () => ({ rooms: [], gained: [{ roomId: 'garden', seq: 5, readSeq: 1 }] }),
    rooms: async () => ({ rooms: [{ id: 'garden', createdAt }], nextCursor: null }),
    history,
    api: {
      getUnread: async () => ({
        rooms: [{ roomId: 'garden', unread: unread().length, seq: stored.at(-1)?.seq ?? 0, readSeq }],
      }),
      listUnreadNotifications: async () => ({
        notifications: [{ type: 'message', isRead: false, metadata }],
        nextCursor: null,
      }),
    },
  });
  const store = new RoomsStore(login, new UserNamesStore(login));
  const release = store.use();
  const shows = (total: number, mentions: number) =>
    vi.waitFor(() => expect(store.get().unread).toMatchObject({ total, mentions }));
  await shows(4, 3);
  const loads = history.mock.calls.length;
  readSeq = 3;
  store.markedRead('garden', 3);
  await shows(2, 2);
  expect(history).toHaveBeenCalledTimes(loads + 1);
  stored.push(message(6, '@ada five'));
  emit('message', { type: 'message', ...message(6, '@ada five') });
  await shows(3, 3);
  // From here on, all of them are known.
  readSeq = 4;
  emit('read', { roomId: 'garden', userId: 'ada', seq: 4 });
  await shows(2, 2);
  stored.splice(
    stored.findIndex(({ seq }) => seq === 5),
    1,
  );
  emit('deleted', { type: 'deleted', roomId: 'garden', id: 'm5', deletedAt: createdAt, seq: 7 });
  await shows(1, 1);
  expect(history).toHaveBeenCalledTimes(loads + 1);
  readSeq = 6;
  store.markedRead('garden');
  await shows(0, 0);
  release();
});
