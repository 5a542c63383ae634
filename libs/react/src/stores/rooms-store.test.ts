import { expect, test, vi } from 'vitest';
import { fakeLive } from '../../tests/fake-live.ts';
import { AccountStore } from './account-store.ts';
import type { Login } from './live.ts';
import { RoomsStore } from './rooms-store.ts';
import { UserNamesStore } from './user-names-store.ts';

const storeOf = (login: Login) =>
  new RoomsStore(login, new UserNamesStore(login), new AccountStore(login, { account: null }));

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
  const store = storeOf(login);
  const release = store.use();
  await vi.waitFor(() => expect(store.get()).toMatchObject({ loading: false, unread: { total: 2 } }));

  let answer: () => void = () => undefined;
  hold = new Promise((resolve) => {
    answer = resolve;
  });
  const asked = getUnread.mock.calls.length;
  store.methods.refresh();
  await vi.waitFor(() => expect(getUnread).toHaveBeenCalledTimes(asked + 1));
  server = { unread: 0, readSeq: 3 };
  store.markedRead('garden', 3);
  await vi.waitFor(() => expect(store.get().unread.total).toBe(0));
  answer();
  await vi.waitFor(() => expect(getUnread).toHaveBeenCalledTimes(asked + 2));
  expect(store.get().unread.total).toBe(0);
  release();
});

test('mentions are counted by id: live ones at once, others as the server counts them', async () => {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const message = (seq: number, mentioned: boolean) => ({
    ...{ id: `m${seq}`, roomId: 'garden', userId: 'bob', username: 'bob', content: 'hello', seq },
    ...{ changedSeq: seq, createdAt, deletedAt: null, isEncrypted: false, reactions: [] },
    mentions: mentioned ? [{ userId: 'ada', start: 0, length: 4 }] : [],
  });
  let server = { unread: 4, mentions: 3, seq: 5, readSeq: 1 };
  const { login, emit } = fakeLive({
    sync: async () => ({ rooms: [], gained: [{ roomId: 'garden', seq: 5, readSeq: 1 }] }),
    rooms: async () => ({ rooms: [{ id: 'garden', createdAt }], nextCursor: null }),
    history: async () => ({ messages: [], pagination: { hasMore: false } }),
    api: { getUnread: async () => ({ rooms: [{ roomId: 'garden', ...server }] }) },
  });
  const store = storeOf(login);
  const release = store.use();
  const shows = (total: number, mentions: number) =>
    vi.waitFor(() => expect(store.get().unread).toMatchObject({ total, mentions }));
  await shows(4, 3);
  server = { unread: 2, mentions: 2, seq: 5, readSeq: 3 };
  store.markedRead('garden', 3);
  await shows(2, 2);
  server = { unread: 3, mentions: 3, seq: 6, readSeq: 3 };
  emit('message', { type: 'message', ...message(6, true) });
  await shows(3, 3);
  server = { unread: 3, mentions: 2, seq: 7, readSeq: 3 };
  emit('edited', { type: 'edited', ...message(6, false), editedAt: createdAt, seq: 7 });
  await shows(3, 2);
  server = { unread: 2, mentions: 1, seq: 8, readSeq: 3 };
  emit('deleted', { type: 'deleted', roomId: 'garden', id: 'm5', deletedAt: createdAt, seq: 8 });
  await shows(2, 1);
  server = { unread: 0, mentions: 0, seq: 8, readSeq: 8 };
  store.markedRead('garden');
  await shows(0, 0);
  server = { unread: 0, mentions: 1, seq: 9, readSeq: 8 };
  emit('edited', { type: 'edited', ...message(4, true), editedAt: createdAt, seq: 9 });
  await shows(0, 1);
  server = { unread: 0, mentions: 0, seq: 9, readSeq: 9 };
  emit('read', { roomId: 'garden', userId: 'ada', seq: 9 });
  await shows(0, 0);
  release();
});

test('rooms follow the settings of their user, and a mute ends by itself', async () => {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const ids = ['attic', 'garden', 'kitchen', 'shed'];
  const set = { level: 'default', mutedUntil: null, roomMentions: true, hidden: false, order: null };
  const change = (seq: number, roomId: string, settings: object) => ({
    ...{ kind: 'room_settings', seq, roomId, settings: { ...set, ...settings } },
  });
  const changes = [
    change(1, 'attic', { level: 'mentions' }),
    change(2, 'shed', { order: 2, level: 'none' }),
    change(3, 'kitchen', { order: 1, mutedUntil: new Date(Date.now() + 1_000).toISOString() }),
  ];
  const { login, emit } = fakeLive(
    {
      sync: async () => ({ rooms: [], gained: ids.map((roomId) => ({ roomId, seq: 3, readSeq: 1 })) }),
      rooms: async () => ({ rooms: ids.map((id) => ({ id, createdAt })), nextCursor: null }),
      history: async () => ({ messages: [] }),
      api: {
        getUnread: async () => ({
          rooms: ids.map((roomId) => ({ roomId, unread: 2, mentions: 1, seq: 3, readSeq: 1 })),
        }),
      },
    },
    { resumeAccount: async () => ({ seq: 3, hasMore: false, changes }) },
  );
  const store = storeOf(login);
  const release = store.use();
  const order = () => store.get().rooms.map(({ id }) => id);
  const counts = { mentions: 4, byRoom: Object.fromEntries(ids.map((id) => [id, 2])) };
  await vi.waitFor(() => expect(store.get().unread).toEqual({ ...counts, total: 6, badge: 3 }));
  expect(order()).toEqual(['kitchen', 'shed', 'attic', 'garden']);
  expect(store.get().rooms[0]).toMatchObject({ isMuted: true, badge: 0, unread: 2 });
  await vi.waitFor(() => expect(store.get().unread).toEqual({ ...counts, total: 8, badge: 5 }), 5_000);
  expect(store.get().rooms[0]).toMatchObject({ isMuted: false, badge: 2 });
  emit('accountChanged', {
    ...{ kind: 'notification_settings', seq: 4 },
    settings: { level: 'none', quietHours: null, preview: true },
  });
  await vi.waitFor(() => expect(store.get().unread).toEqual({ ...counts, total: 8, badge: 1 }));
  release();
});
