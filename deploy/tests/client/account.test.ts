import { followAccount, type ParleyClient } from '@parley/client';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { createPeople, record } from './sdk-people.ts';

let target: Target;
const { someone, connect } = createPeople(() => target);
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterAll(() => target?.stop());

/** A device of the user, which follows the account. */
async function follow(client: ParleyClient) {
  const live = connect(client);
  return { live, account: await followAccount(client, live) };
}

test('settings and bookmarks of one device are known on the other, also after it was offline', async () => {
  const ada = await someone('ada');
  const { id: roomId } = await ada.createRoom({ name: 'garden' });
  const { id: messageId } = await ada.api.sendMessage({ roomId, content: 'hello' });
  const [phone, tablet] = [await follow(ada), await follow(ada)];
  expect(tablet.account.roomSettings(roomId)).toMatchObject({ level: 'default', mutedUntil: null });
  let changes = 0;
  tablet.account.onChange(() => {
    changes += 1;
  });
  await phone.account.setRoom(roomId, { level: 'mentions' });
  expect(phone.account.roomSettings(roomId).level).toBe('mentions');
  await eventually(() => expect(tablet.account.roomSettings(roomId).level).toBe('mentions'));
  expect(changes).toBeGreaterThan(0);

  const online = record(tablet.live, 'online');
  tablet.live.reconnect();
  await phone.account.setRoom(roomId, { hidden: true, order: 3 });
  await phone.account.setNotifications({ level: 'none' });
  await phone.account.bookmark(roomId, messageId, true);
  await eventually(() => {
    expect(online).not.toEqual([]);
    expect(tablet.account.seq).toBe(phone.account.seq);
  });
  expect(tablet.account.roomSettings(roomId)).toMatchObject({ level: 'mentions', hidden: true, order: 3 });
  expect(tablet.account.notificationSettings.level).toBe('none');
  expect([...tablet.account.bookmarks.keys()]).toEqual([messageId]);
  await tablet.account.bookmark(roomId, messageId, false);
  expect(tablet.account.bookmarks.size).toBe(0);
  await eventually(() => expect(phone.account.bookmarks.size).toBe(0));
});

test('a draft never overwrites a newer one, which the refused device learns', async () => {
  const ada = await someone('ada');
  const { id: roomId } = await ada.createRoom({ name: 'garden' });
  const [phone, tablet] = [await follow(ada), await follow(ada)];
  tablet.account.stop();
  expect(await phone.account.putDraft(roomId, 'Dear all')).toEqual({ stored: true });
  expect(await tablet.account.putDraft(roomId, 'Hello')).toMatchObject({
    stored: false,
    newer: { content: 'Dear all' },
  });
  expect(await tablet.account.putDraft(roomId, 'Dear all, hello')).toEqual({ stored: true });
  await eventually(() => expect(phone.account.draft(roomId)?.content).toBe('Dear all, hello'));
  expect(await phone.account.putDraft(roomId, '')).toEqual({ stored: true });
  expect(phone.account.draft(roomId)).toBeNull();

  const { id: root } = await ada.api.sendMessage({ roomId, content: 'hello' });
  expect(await phone.account.putDraft(roomId, 'In the thread', null, root)).toEqual({ stored: true });
  expect(await tablet.account.putDraft(roomId, 'Hello', null, root)).toMatchObject({
    stored: false,
    newer: { content: 'In the thread' },
  });
  expect([phone.account.draft(roomId), phone.account.draft(roomId, root)?.content]).toEqual([
    null,
    'In the thread',
  ]);
});

test('pins arrive in order among the events of a room, and once after an absence', async () => {
  const ada = await someone('ada');
  const { id: roomId } = await ada.createRoom({ name: 'garden' });
  const live = connect(ada);
  await live.join(roomId, { since: 0 });
  const [messages, pinned] = [record(live, 'message'), record(live, 'pinned')];
  const { id: messageId } = await ada.api.sendMessage({ roomId, content: 'hello' });
  await ada.api.pinMessage({ roomId, messageId });
  await ada.api.unpinMessage({ roomId, messageId });
  const last = await ada.api.sendMessage({ roomId, content: 'bye' });
  await eventually(() => expect(messages.at(-1)?.id).toBe(last.id));
  expect(pinned.map((event) => [event.messageId, event.pinned !== null, event.seq])).toEqual([
    [messageId, true, last.seq - 2],
    [messageId, false, last.seq - 1],
  ]);
});
