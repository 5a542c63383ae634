import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fakeLive } from '../../tests/fake-live.ts';
import { UserNamesStore } from './user-names-store.ts';

const ada = { userId: 'ada', username: 'ada', name: 'Ada' };
const getUser = vi.fn(async ({ userId }: { userId: string }) => {
  if (userId === 'hidden') throw new Error('user_not_found');
  return { id: userId, username: userId, name: `The ${userId}` };
});
const asked = () => getUser.mock.calls.map(([{ userId }]) => userId);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  getUser.mockClear();
});

function start() {
  const { login } = fakeLive({ api: { getUser } });
  const store = new UserNamesStore(login);
  return { login, store, end: store.use() };
}

test('a user is asked for once, and not if another answer contains their name', async () => {
  const { store, end } = start();
  for (const userId of ['ada', 'bob', 'hidden', 'cem']) store.want(userId);
  store.learn([ada]);
  await vi.advanceTimersByTimeAsync(1_000);
  for (const userId of ['ada', 'bob', 'hidden', 'cem']) store.want(userId);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked()).toEqual(['bob', 'hidden', 'cem']);
  expect(Object.fromEntries(store.get())).toEqual({
    ada: { username: 'ada', name: 'Ada' },
    bob: { username: 'bob', name: 'The bob' },
    cem: { username: 'cem', name: 'The cem' },
  });
  end();
});

test('the value changes only with a name, and a logout forgets all', async () => {
  const { login, store, end } = start();
  store.learn([ada]);
  const before = store.get();
  store.learn([{ ...ada }]);
  expect(store.get()).toBe(before);
  store.learn([{ ...ada, name: 'Ada L.' }]);
  expect(store.get().get('ada')?.name).toBe('Ada L.');
  login.set(null);
  expect(store.get().size).toBe(0);
  store.learn([ada]);
  expect(store.get().size).toBe(0);
  end();
});
