import { createClient, ParleyError } from '@parley/client';
import { useAccount, useMessages, usePins, useRooms, useUnread } from '@parley/react';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPeople, password } from '../client/sdk-people.ts';
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

const forEver = '9999-12-31T23:59:59.999Z';

test('settings that another device changes order and mute the rooms of the list', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const members = [(await ada.me()).userId];
  const [garden, kitchen] = [
    await bob.createRoom({ name: 'garden', members }),
    await bob.createRoom({ name: 'kitchen', members }),
  ];
  const live = connect(bob);
  await live.send(garden.id, 'one');
  await live.send(kitchen.id, 'two');
  const hook = mount(ada, () => ({ rooms: useRooms().rooms, unread: useUnread() }));
  const list = () => hook.current.rooms.map(({ name, isMuted, badge }) => [name, isMuted, badge]);
  await eventually(() =>
    expect(list()).toEqual([
      ['kitchen', false, 1],
      ['garden', false, 1],
    ]),
  );
  await ada.api.putRoomSettings({ roomId: garden.id, order: 1, mutedUntil: forEver });
  await eventually(() =>
    expect(list()).toEqual([
      ['garden', true, 0],
      ['kitchen', false, 1],
    ]),
  );
  const byRoom = { [garden.id]: 1, [kitchen.id]: 1 };
  expect(hook.current.unread).toEqual({ total: 1, mentions: 0, badge: 1, byRoom });
  const [, before] = hook.current.rooms;
  await ada.api.putRoomSettings({ roomId: garden.id, mutedUntil: null, hidden: true });
  await eventually(() => expect(hook.current.unread).toMatchObject({ total: 2, badge: 2 }));
  expect(hook.current.rooms[0]).toMatchObject({ isMuted: false, isHidden: true, order: 1 });
  expect(hook.current.rooms[1]).toBe(before);
  await ada.api.putNotificationSettings({ level: 'mentions' });
  await eventually(() => expect(hook.current.unread).toMatchObject({ total: 2, badge: 0 }));
});

test('a device that was offline learns the settings, bookmarks and drafts of the others', async () => {
  const proxy = await unreliableProxy();
  const ada = await someone('ada', proxy.url);
  const { id: roomId } = await ada.createRoom({ name: 'garden' });
  const { id: messageId } = await ada.api.sendMessage({ roomId, content: 'hello' });
  const other = createClient({ url: target.url });
  await other.login({ username: (await ada.me()).username, password });
  const parts = mount(ada, () => ({
    settings: useAccount((account) => account.roomSettings(roomId)),
    draft: useAccount((account) => account.draft(roomId)),
    bookmarks: useAccount((account) => account.bookmarks),
  }));
  await eventually(() => expect(parts.current).toMatchObject({ settings: { hidden: false }, draft: null }));
  const { bookmarks } = parts.current;
  proxy.block();
  await other.api.putRoomSettings({ roomId, hidden: true });
  await other.api.putBookmark({ roomId, messageId });
  await other.api.putDraft({ roomId, content: 'Dear all', ifSeq: 0 });
  proxy.unblock();
  await eventually(
    () => expect(parts.current).toMatchObject({ settings: { hidden: true }, draft: { content: 'Dear all' } }),
    { timeoutMs: 60_000 },
  );
  expect(parts.current.bookmarks).not.toBe(bookmarks);
  expect([...(parts.current.bookmarks?.keys() ?? [])]).toEqual([messageId]);
});

test('pins appear in the list and on their message, and go with it', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const { userId } = await bob.me();
  const { id: roomId } = await ada.createRoom({ name: 'garden', members: [userId] });
  const send = (content: string) => ada.api.sendMessage({ roomId, content });
  const [rules, news] = [await send('rules'), await send('news')];
  await ada.api.pinMessage({ roomId, messageId: rules.id });
  const hook = mount(bob, () => ({ pins: usePins(roomId), messages: useMessages(roomId).items }));
  const pins = () => hook.current.pins.pins.map(({ content }) => content);
  const pinned = () =>
    hook.current.messages.flatMap((item) =>
      item.kind === 'message' && item.message.pinned ? item.message.content : [],
    );
  const show = (inList: string[], inRoom: string[]) =>
    eventually(() => expect([pins(), pinned()]).toEqual([inList, inRoom]));
  await show(['rules'], ['rules']);
  await ada.api.pinMessage({ roomId, messageId: news.id });
  await show(['news', 'rules'], ['rules', 'news']);
  await ada.api.editMessage({ roomId, messageId: rules.id, content: 'new rules' });
  await show(['news', 'new rules'], ['new rules', 'news']);
  await ada.api.unpinMessage({ roomId, messageId: news.id });
  await ada.api.deleteMessage({ roomId, messageId: rules.id });
  await show([], []);
  await ada.api.pinMessage({ roomId, messageId: news.id });
  await show(['news'], ['news']);
  await ada.api.removeMember({ roomId, userId });
  await eventually(() => expect(hook.current.pins).toMatchObject({ pins: [], loading: false }));
  expect(hook.current.pins.error).toBeInstanceOf(ParleyError);
});
