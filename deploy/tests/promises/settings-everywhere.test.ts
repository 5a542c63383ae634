import { createClient, followAccount, type ParleyClient } from '@parley/client';
import { eventually } from '@parley/testkit';
import type { Socket } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import { createPeople, password, record } from '../client/sdk-people.ts';
import { onBothTargets } from '../contracts/on-both-targets.ts';
import { ChatUser, emit, type Json } from '../whole-stack/chat-user.ts';

const users: ChatUser[] = [];
afterEach(() => {
  for (const user of users.splice(0)) user.close();
});

onBothTargets('settings, drafts, bookmarks and pins', (target) => {
  const { someone, connect, unreliableProxy } = createPeople(target);
  const register = async (name: string) => {
    const user = await ChatUser.register(target().url, name);
    users.push(user);
    return user;
  };
  const open = async (user: ChatUser, gateway: number): Promise<{ socket: Socket; changes: Json[] }> => {
    const changes: Json[] = [];
    const socket = await user.connect(target().gateways[gateway] ?? '', (one) =>
      one.on('account_changed', (change) => changes.push(change)),
    );
    return { socket, changes };
  };
  const resume = async (socket: Socket, seq: number) =>
    (await emit(socket, 'resume', { rooms: [], account: { seq } })).account;

  test('reach every device of the user, also one that was offline, and no old client', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const { id } = await ada.must('POST', '/api/v1/rooms', { name: 'garden', members: [bob.userId] });
    const [phone, tablet, old, others] = [
      await open(ada, 0),
      await open(ada, 1),
      await open(ada, 1),
      await open(bob, 0),
    ];
    await emit(old.socket, 'resume', { rooms: [] });
    for (const { socket } of [phone, tablet])
      expect(await resume(socket, 0)).toEqual({ seq: 0, hasMore: false, changes: [] });
    await resume(others.socket, 0);

    const settings = (body: object) => ada.must('PUT', `/api/v1/rooms/${id}/settings`, body);
    await settings({ level: 'mentions' });
    for (const { changes } of [phone, tablet])
      await eventually(() =>
        expect(changes).toMatchObject([
          { seq: 1, kind: 'room_settings', roomId: id, settings: { level: 'mentions', order: null } },
        ]),
      );
    tablet.socket.disconnect();
    await settings({ hidden: true });
    await ada.must('PUT', '/api/v1/me/notification-settings', { level: 'none' });
    await settings({ order: 2.5 });
    await eventually(() => expect(phone.changes.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]));

    const again = await open(ada, 1);
    const missed = await resume(again.socket, 1);
    expect(missed).toMatchObject({
      ...{ seq: 4, hasMore: false },
      changes: [
        { seq: 3, kind: 'notification_settings', settings: { level: 'none' } },
        { seq: 4, settings: { level: 'mentions', hidden: true, order: 2.5 } },
      ],
    });
    await settings({ hidden: false });
    await eventually(() => expect(again.changes.map(({ seq }) => seq)).toEqual([5]));
    expect([old.changes, others.changes]).toEqual([[], []]);
  });

  test('mute a room: its mentions notify nobody, the badge omits them, and the room shows them', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const room = async (name: string) =>
      (await ada.must('POST', '/api/v1/rooms', { kind: 'group', name, members: [bob.userId] })).id;
    const [muted, loud] = [await room('muted'), await room('loud')];
    const mutedUntil = '9999-12-31T23:59:59.999Z';
    await bob.must('PUT', `/api/v1/rooms/${muted}/settings`, { mutedUntil });
    const notified = async () =>
      (await bob.must('GET', '/api/v1/notifications')).notifications
        .filter(({ type }: Json) => type === 'message')
        .map(({ metadata }: Json) => metadata.roomId);
    const live: Json[] = [];
    await bob.connect(target().gateways[0] ?? '', (one) => one.on('notification', (row) => live.push(row)));
    // The settings reach the inboxes a moment after they are acknowledged.
    await eventually(async () => {
      for (const id of [muted, loud])
        await ada.must('POST', `/api/v1/rooms/${id}/messages`, { content: `hello @${bob.username}` });
      await eventually(async () => expect(await notified()).toContain(loud));
      if ((await notified()).includes(muted)) {
        await bob.must('POST', '/api/v1/notifications/read-all');
        for (const { id } of (await bob.must('GET', '/api/v1/notifications')).notifications)
          await bob.must('DELETE', `/api/v1/notifications/${id}`);
        live.length = 0;
      }
      expect(await notified()).toEqual([loud]);
    });
    await eventually(() => expect(live.map(({ metadata }) => metadata.roomId)).toContain(loud));
    expect(live.map(({ metadata }) => metadata.roomId)).not.toContain(muted);
    const unread = await bob.must('GET', '/api/v1/unread');
    const of = (roomId: string) => unread.rooms.find((one: Json) => one.roomId === roomId);
    expect(of(muted)).toMatchObject({ level: 'all', mutedUntil });
    expect(of(muted).unread).toBeGreaterThan(0);
    expect(unread).toMatchObject({ total: of(loud).unread, badge: of(loud).unread });
  });

  /** A device of the SDK that follows its user's account. */
  const follow = async (client: ParleyClient) => ({
    client,
    account: await followAccount(client, connect(client)),
  });

  test('drafts, bookmarks and settings converge on two devices, of which one was offline', async () => {
    const proxy = await unreliableProxy();
    const ada = await someone('ada');
    const other = createClient({ url: proxy.url });
    await other.login({ username: (await ada.me()).username, password });
    const { id: roomId } = await ada.createRoom({ name: 'garden' });
    const send = async () => (await ada.api.sendMessage({ roomId, content: 'hello' })).id;
    const [first, second, third] = [await send(), await send(), await send()];
    const [phone, tablet] = [await follow(ada), await follow(other)];
    const stateOf = ({ account }: typeof phone) => ({
      seq: account.seq,
      room: account.roomSettings(roomId),
      own: account.notificationSettings,
      draft: account.draft(roomId),
      bookmarks: [...account.bookmarks].sort(),
    });
    const converge = () =>
      eventually(() => expect(stateOf(tablet)).toEqual(stateOf(phone)), { timeoutMs: 60_000 });
    await tablet.account.bookmark(roomId, first, true);
    await tablet.account.putDraft(roomId, 'Dear');
    await tablet.account.setRoom(roomId, { level: 'none' });
    await converge();

    proxy.block();
    expect(await phone.account.putDraft(roomId, 'Dear all')).toEqual({ stored: true });
    await phone.account.bookmark(roomId, first, false);
    await phone.account.bookmark(roomId, second, true);
    await phone.account.bookmark(roomId, third, true);
    await phone.account.setRoom(roomId, { order: 7 });
    await phone.account.setNotifications({
      quietHours: { tz: 'Asia/Tokyo', from: '23:00', to: '06:00' },
    });
    await ada.api.deleteMessage({ roomId, messageId: third });
    proxy.unblock();
    await converge();
    expect(stateOf(tablet)).toMatchObject({
      ...{ room: { level: 'none', order: 7 }, own: { quietHours: { tz: 'Asia/Tokyo' } } },
      draft: { content: 'Dear all' },
    });
    const listed = async ({ client }: typeof phone) =>
      (await client.api.listBookmarks({})).bookmarks.map(({ message }) => message.id);
    expect(await listed(tablet)).toEqual(await listed(phone));
    expect(await listed(tablet)).toContain(second);

    // A device that has missed a change cannot overwrite the draft, and learns the newer one.
    tablet.account.stop();
    await phone.account.putDraft(roomId, 'Dear Bob');
    const refused = await tablet.account.putDraft(roomId, 'Dear Eve');
    expect(refused).toMatchObject({ stored: false, newer: { content: 'Dear Bob' } });
    expect(phone.account.draft(roomId)?.content).toBe('Dear Bob');
  });

  test('pins reach all members in order, also those who were away, and go with their message', async () => {
    const proxy = await unreliableProxy();
    const [ada, bob] = [await someone('ada'), await someone('bob', proxy.url)];
    const members = [(await bob.me()).userId];
    const { id: roomId } = await ada.createRoom({ name: 'garden', members });
    const live = connect(bob);
    await live.join(roomId, { since: 0 });
    const [messages, pinned, deleted] = [
      record(live, 'message'),
      record(live, 'pinned'),
      record(live, 'deleted'),
    ];
    const send = (content: string) => ada.api.sendMessage({ roomId, content });
    const [rules, news] = [await send('rules'), await send('news')];
    await ada.api.pinMessage({ roomId, messageId: rules.id });
    await eventually(() => expect(pinned).toMatchObject([{ messageId: rules.id, pinned: {} }]));
    expect(pinned[0]?.seq).toBe(news.seq + 1);
    const refused = bob.api.pinMessage({ roomId, messageId: news.id });
    await expect(refused).rejects.toMatchObject({ code: 'not_authorized' });

    proxy.block();
    await ada.api.pinMessage({ roomId, messageId: news.id });
    await ada.api.deleteMessage({ roomId, messageId: rules.id });
    const last = await send('bye');
    proxy.unblock();
    await eventually(() => expect(messages.at(-1)?.id).toBe(last.id), { timeoutMs: 60_000 });
    expect(pinned.at(-1)).toMatchObject({ messageId: news.id, pinned: { userId: (await ada.me()).userId } });
    expect(deleted.map(({ id }) => id)).toEqual([rules.id]);
    const pins = async (client: ParleyClient) =>
      (await client.api.listPins({ roomId })).pins.map(({ id }) => id);
    expect([await pins(ada), await pins(bob)]).toEqual([[news.id], [news.id]]);
  });
});
