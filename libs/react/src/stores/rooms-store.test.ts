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
