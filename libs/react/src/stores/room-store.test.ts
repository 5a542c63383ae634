import { ParleyError, type RoomView } from '@parley/client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fakeLive } from '../../tests/fake-live.ts';
import type { Login } from './live.ts';
import { RoomStore } from './room-store.ts';
import { UserNamesStore } from './user-names-store.ts';

const storeOf = (login: Login, known: RoomView | null = null) =>
  new RoomStore(login, 'garden', { find: () => known }, new UserNamesStore(login));

const open = { id: 'garden', kind: 'channel', isPrivate: false };

test('a room that is loaded again and again is followed once, and no longer than it is used', async () => {
  const listMembers = vi.fn(async () => ({ members: [] }));
  const room = async () => ({ id: 'garden', role: 'member' });
  const { login, followed } = fakeLive({ room, api: { listMembers } });
  const store = storeOf(login);
  const release = store.use();
  for (let loads = 0; loads < 3; loads++) await store.methods.reload();
  expect(listMembers.mock.calls.length).toBeGreaterThanOrEqual(3);
  expect(followed).toEqual(['garden']);
  release();
  await vi.waitFor(() => expect(followed).toEqual([]), { timeout: 5_000 });
});

test('a room that is opened without a connection is loaded when it returns', async () => {
  let isReachable = false;
  const room = async () => {
    if (!isReachable) throw new ParleyError('network', 'unreachable', { retryable: true });
    return { id: 'garden', role: null };
  };
  const { login, emit } = fakeLive({ room }, { isOffline: true });
  const store = storeOf(login);
  const release = store.use();
  await vi.waitFor(() => expect(store.get().error?.code).toBe('network'));
  isReachable = true;
  emit('online', {});
  await vi.waitFor(() => expect(store.get()).toMatchObject({ room: { id: 'garden' }, error: null }));
  release();
});

test('a room that was deleted is not requested again', async () => {
  const room = vi.fn(async () => ({ id: 'garden', role: null }));
  const { login, emit } = fakeLive({ room });
  const store = storeOf(login);
  const release = store.use();
  await vi.waitFor(() => expect(store.get().room?.id).toBe('garden'));
  const requests = room.mock.calls.length;
  emit('left', { roomId: 'garden' });
  emit('removed', { roomId: 'garden', reason: 'deleted' });
  expect(store.get()).toMatchObject({ room: null, loading: false, error: { code: 'room_not_found' } });
  await store.methods.reload();
  expect(room).toHaveBeenCalledTimes(requests);
  release();
});

test('a room that the user has left is not requested again, until they return', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const room = vi.fn(async () => ({ ...open, role: 'member', memberCount: 2 }));
  const { login, emit, followed } = fakeLive({ room, api: { listMembers: async () => ({ members: [] }) } });
  const store = storeOf(login);
  const release = store.use();
  await vi.advanceTimersByTimeAsync(1_000);
  emit('left', { roomId: 'garden' });
  emit('removed', { roomId: 'garden', reason: 'left' });
  emit('left', { roomId: 'garden' });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(store.get()).toMatchObject({ room: { role: null, memberCount: 1 }, loading: false, error: null });
  expect([room.mock.calls.length, followed]).toEqual([1, []]);
  emit('added', { roomId: 'garden' });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(store.get().room?.role).toBe('member');
  release();
});

test.each(['left', 'removed'])('a private room is gone without a request: %s', async (reason) => {
  const room = vi.fn(async () => ({ ...open, isPrivate: true, role: 'member' }));
  const { login, emit } = fakeLive({ room, api: { listMembers: async () => ({ members: [] }) } });
  const store = storeOf(login);
  const release = store.use();
  await vi.waitFor(() => expect(store.get().loading).toBe(false));
  emit('removed', { roomId: 'garden', reason });
  expect(store.get()).toMatchObject({ room: null, loading: false, error: { code: 'room_not_found' } });
  expect(room).toHaveBeenCalledTimes(1);
  release();
});
