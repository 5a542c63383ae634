import { expect, test, vi } from 'vitest';
import { fakeLive } from '../../tests/fake-live.ts';
import { PresenceStore } from './presence-store.ts';
import { countOnline, RoomPresenceStore } from './room-presence-store.ts';
import type { RoomsStore } from './rooms-store.ts';

test('members are counted here, and in large rooms by the server, also before the store began', async () => {
  let counted: number | undefined;
  const people = async () => [{ userId: 'bob', username: 'bob', isOnline: true }];
  const { login, emit } = fakeLive({}, { people, onlineIn: () => counted });
  const store = new RoomPresenceStore(login, 'garden', new PresenceStore(login, {} as RoomsStore));
  const release = store.use();
  const shows = (count: number) => vi.waitFor(() => expect(countOnline(store.get())).toBe(count));
  await shows(1);
  emit('status', { userId: 'bob', status: 'offline' });
  await shows(0);
  emit('roomPresence', { roomId: 'kitchen', online: 7 });
  await shows(0);
  counted = 340;
  emit('roomPresence', { roomId: 'garden', online: 340 });
  await shows(340);
  expect(store.get().members).toEqual({ bob: false });
  const other = new RoomPresenceStore(login, 'garden', new PresenceStore(login, {} as RoomsStore));
  const releaseOther = other.use();
  expect(countOnline(other.get())).toBe(340);
  release();
  releaseOther();
});
