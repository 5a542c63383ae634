import {
  useNotifications,
  usePresence,
  useReadPositions,
  useRoom,
  useRoomPresence,
  useRooms,
  useTyping,
  useUnread,
} from '@parley/react';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPeople } from '../client/sdk-people.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { createMounts } from './mount.ts';

let target: Target;
const { someone, connect, unreliableProxy } = createPeople(() => target);
const { mount } = createMounts();
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterAll(() => target?.stop());

const idOf = async (client: { me(): Promise<{ userId: string }> }) => (await client.me()).userId;

test('the list has the newest activity first, with unread counts and last messages', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const members = [await idOf(bob)];
  const [garden, kitchen, attic] = [
    await ada.createRoom({ name: 'garden', members }),
    await ada.createRoom({ name: 'kitchen', members }),
    await ada.createRoom({ name: 'attic' }),
  ];
  const live = connect(bob);
  await live.send(garden.id, 'one');
  await live.send(garden.id, 'two');
  const hook = mount(ada, () => ({ list: useRooms(), unread: useUnread() }));
  const list = () =>
    hook.current.list.rooms.map(({ name, unread, lastMessage }) => [
      name,
      unread,
      lastMessage?.content ?? null,
    ]);
  await eventually(() =>
    expect(list()).toEqual([
      ['garden', 2, 'two'],
      ['attic', 0, null],
      ['kitchen', 0, null],
    ]),
  );
  await eventually(() =>
    expect(hook.current.list).toMatchObject({ loading: false, error: null, hasMore: false }),
  );
  const before = hook.current.list.rooms;
  await live.send(kitchen.id, 'three');
  await eventually(() =>
    expect(list()).toEqual([
      ['kitchen', 1, 'three'],
      ['garden', 2, 'two'],
      ['attic', 0, null],
    ]),
  );
  expect(hook.current.unread).toEqual({
    total: 3,
    mentions: 0,
    badge: 3,
    byRoom: { [garden.id]: 2, [kitchen.id]: 1 },
  });
  expect(hook.current.list.rooms[1]).toBe(before[0]);
  expect(hook.current.list.rooms[2]).toBe(before[1]);

  // Another device of Ada's reads one of both messages, and then everything.
  const [first] = (await ada.history(garden.id)).messages;
  await ada.api.markRead({ roomId: garden.id, messageId: first?.id ?? '' });
  await eventually(() => expect(hook.current.unread.byRoom).toEqual({ [garden.id]: 1, [kitchen.id]: 1 }));
  await ada.api.markRead({ roomId: garden.id });
  await ada.api.markRead({ roomId: kitchen.id });
  await eventually(() => expect(hook.current.unread).toMatchObject({ total: 0, badge: 0, byRoom: {} }));

  await ada.api.updateRoom({ roomId: attic.id, name: 'loft' });
  await eventually(() => expect(list()[2]).toEqual(['loft', 0, null]));
  await ada.api.deleteRoom({ roomId: attic.id });
  await eventually(() => expect(list()).toHaveLength(2));
  const cellar = await bob.createRoom({ name: 'cellar', members: [await idOf(ada)] });
  await eventually(() => expect(list()[0]).toEqual(['cellar', 0, null]));
  await live.send(cellar.id, 'mind the step');
  await eventually(() => expect(list()[0]).toEqual(['cellar', 1, 'mind the step']));
});

test('a mention is counted until it is read, also one from before', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const { userId, username } = await ada.me();
  const garden = await bob.createRoom({ name: 'garden', members: [userId] });
  const live = connect(bob);
  await live.send(garden.id, `hello @${username}`);
  await eventually(async () => expect((await ada.api.listUnreadNotifications({})).total).toBe(1));
  const hook = mount(ada, () => ({ list: useRooms(), unread: useUnread() }));
  const counts = () => hook.current.list.rooms.map(({ unread, mentions }) => [unread, mentions]);
  await eventually(() => expect(counts()).toEqual([[1, 1]]));
  const word = await live.send(garden.id, 'a word');
  await live.send(garden.id, `and @${username} again`);
  await eventually(() => expect(counts()).toEqual([[3, 2]]));
  expect(hook.current.unread).toMatchObject({ total: 3, mentions: 2 });
  await ada.api.markRead({ roomId: garden.id, messageId: word.id });
  await eventually(() => expect(counts()).toEqual([[1, 1]]));
  await ada.api.markRead({ roomId: garden.id });
  await eventually(() => expect(counts()).toEqual([[0, 0]]));
});

test('after an absence, the list is current', async () => {
  const proxy = await unreliableProxy();
  const [ada, bob] = [await someone('ada', proxy.url), await someone('bob')];
  const adaId = await idOf(ada);
  const garden = await bob.createRoom({ name: 'garden', members: [adaId] });
  const hook = mount(ada, useRooms);
  const list = () => hook.current.rooms.map(({ name, unread }) => [name, unread]);
  await eventually(() => expect(list()).toEqual([['garden', 0]]));
  await eventually(() => expect(hook.current.loading).toBe(false));
  proxy.block();
  const live = connect(bob);
  const kitchen = await bob.createRoom({ name: 'kitchen', members: [adaId] });
  await live.send(kitchen.id, 'one');
  await live.send(garden.id, 'two');
  proxy.unblock();
  await eventually(
    () =>
      expect(list()).toEqual([
        ['garden', 1],
        ['kitchen', 1],
      ]),
    { timeoutMs: 60_000 },
  );
});

test('a room and its members follow what others change', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const bobId = await idOf(bob);
  const { id: roomId } = await ada.createRoom({ name: 'garden', isPrivate: true });
  const hook = mount(ada, () => useRoom(roomId));
  const names = () => hook.current.members.map(({ username, role }) => [username.split('-')[0], role]);
  await eventually(() => expect(names()).toEqual([['ada', 'owner']]));
  expect(hook.current).toMatchObject({
    loading: false,
    error: null,
    room: { name: 'garden', role: 'owner' },
  });
  await ada.api.addMembers({ roomId, userIds: [bobId] });
  await eventually(() =>
    expect(names()).toEqual([
      ['ada', 'owner'],
      ['bob', 'member'],
    ]),
  );
  await eventually(() => expect(hook.current.room?.memberCount).toBe(2));
  await ada.api.setMemberRole({ roomId, userId: bobId, role: 'admin' });
  await hook.current.reload();
  await eventually(() => expect(names()[1]).toEqual(['bob', 'admin']));
  await bob.api.updateRoom({ roomId, name: 'orchard' });
  await eventually(() => expect(hook.current.room?.name).toBe('orchard'));
  const other = mount(bob, () => useRoom(roomId));
  await eventually(() => expect(other.current.members).toHaveLength(2));
  await ada.api.removeMember({ roomId, userId: bobId });
  await eventually(() => expect(names()).toEqual([['ada', 'owner']]));
  await eventually(() => expect(other.current).toMatchObject({ room: null, members: [] }));
  expect(other.current.error?.code).toBe('room_not_found');
});

test('typing, presence and read positions of the others', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const [adaId, bobId] = [await idOf(ada), await idOf(bob)];
  const { id: roomId } = await ada.directRoom(bobId);
  const use = (other: string) => () => ({
    typing: useTyping(roomId),
    presence: usePresence(other),
    inRoom: useRoomPresence(roomId),
    positions: useReadPositions(roomId),
  });
  const adaHooks = mount(ada, use(bobId));
  await eventually(() => expect(adaHooks.current.presence).toBe('offline'));
  const bobHooks = mount(bob, use(adaId));
  await eventually(() => expect(adaHooks.current.presence).toBe('online'));
  await eventually(() => expect(adaHooks.current.inRoom).toEqual({ [adaId]: true, [bobId]: true }));
  await eventually(() => expect(bobHooks.current.presence).toBe('online'));

  // Neither shows their own typing.
  await eventually(() => {
    bobHooks.current.typing.onInput();
    expect(adaHooks.current.typing.users.map(({ userId }) => userId)).toEqual([bobId]);
  });
  expect(bobHooks.current.typing.users).toEqual([]);
  bobHooks.current.typing.onStop();
  await eventually(() => expect(adaHooks.current.typing.users).toEqual([]));
  await eventually(() => {
    bobHooks.current.typing.onInput();
    expect(adaHooks.current.typing.users).toHaveLength(1);
  });
  const { seq } = await bob.api.sendMessage({ roomId, content: 'hello' });
  await eventually(() => expect(adaHooks.current.typing.users).toEqual([]));

  await ada.api.markRead({ roomId });
  await eventually(() => expect(bobHooks.current.positions).toMatchObject({ [adaId]: seq }));
  bobHooks.unmount();
  await eventually(() => expect(adaHooks.current.presence).toBe('offline'));
  expect(adaHooks.current.inRoom).toEqual({ [adaId]: true, [bobId]: false });
});

test('the inbox: new, read, removed, and all pages', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const userIds = [await idOf(ada)];
  const hook = mount(ada, useNotifications);
  await eventually(() => expect(hook.current).toMatchObject({ items: [], unread: 0, loading: false }));
  for (const name of ['garden', 'kitchen', 'attic']) {
    const { id: roomId } = await bob.createRoom({ name });
    await bob.api.addMembers({ roomId, userIds });
  }
  const rooms = () => hook.current.items.map(({ metadata }) => metadata.roomName);
  await eventually(() => expect(rooms()).toEqual(['attic', 'kitchen', 'garden']));
  await eventually(() => expect(hook.current.unread).toBe(3));
  await hook.current.markRead(hook.current.items[0]?.id ?? '');
  await eventually(() => expect(hook.current.unread).toBe(2));
  expect(hook.current.items.find(({ metadata }) => metadata.roomName === 'attic')?.isRead).toBe(true);
  const kitchen = hook.current.items.find(({ metadata }) => metadata.roomName === 'kitchen');
  await hook.current.remove(kitchen?.id ?? '');
  await eventually(() => expect(rooms().sort()).toEqual(['attic', 'garden']));
  await eventually(() => expect(hook.current.unread).toBe(1));
  await hook.current.markAllRead();
  await eventually(() => expect(hook.current).toMatchObject({ unread: 0, hasMore: false }));
  expect(hook.current.items.every(({ isRead }) => isRead)).toBe(true);
});
