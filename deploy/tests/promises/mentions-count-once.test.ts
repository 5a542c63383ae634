import { eventually } from '@parley/testkit';
import { io } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import { onBothTargets } from '../contracts/on-both-targets.ts';
import { ChatUser, emit, type Json } from '../whole-stack/chat-user.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

onBothTargets('mentions', (target) => {
  const cast = async () => {
    const { url } = target();
    const [ada, bob, eve] = [
      await ChatUser.register(url, 'ada'),
      await ChatUser.register(url, 'bob'),
      await ChatUser.register(url, 'eve'),
    ];
    closers.push(() => [ada, bob, eve].forEach((user) => void user.close()));
    const room = await ada.must('POST', '/api/v1/rooms', {
      kind: 'group',
      name: 'plans',
      members: [bob.userId, eve.userId],
    });
    // The messages service learns of members from events: the third join is the last of them.
    await eventually(async () => {
      const { rooms } = await ada.must('POST', '/api/v1/sync', { rooms: [{ roomId: room.id, seq: 0 }] });
      expect(rooms[0]?.changes.length).toBe(3);
    });
    const path = `/api/v1/rooms/${room.id}`;
    const mentionsOf = async (user: ChatUser): Promise<number> =>
      (await user.must('GET', '/api/v1/unread')).rooms.find(({ roomId }: Json) => roomId === room.id)
        ?.mentions ?? 0;
    const inboxOf = async (user: ChatUser) =>
      (await user.must('GET', '/api/v1/notifications')).notifications
        .filter(({ type, isRead }: Json) => type === 'message' && !isRead)
        .map(({ metadata }: Json) => [metadata.count, metadata.mentions ?? 0]);
    return { ada, bob, eve, room, path, mentionsOf, inboxOf };
  };

  /** The messages and edits that a socket receives in a room. */
  const listen = async (user: ChatUser, gateway: number, roomId: string) => {
    const received: [string, Json][] = [];
    const socket = await user.connect(target().gateways[gateway] ?? '', (one) => {
      for (const event of ['receive_message', 'message_edited'])
        one.on(event, (data) => received.push([event, data]));
    });
    await emit(socket, 'join_room', { roomId });
    return { socket, received };
  };

  test('travel by id over REST, sockets and sync, and are counted where they are unread', async () => {
    const { ada, bob, eve, room, path, mentionsOf, inboxOf } = await cast();
    const bobs = await listen(bob, 1, room.id);
    const adas = await listen(ada, 0, room.id);
    const content = `hi @${eve.username}!`;
    const sent = await emit(adas.socket, 'send_message', { roomId: room.id, content });
    const mentions = [{ userId: eve.userId, start: 3, length: eve.username.length + 1 }];
    await eventually(() =>
      expect(bobs.received).toMatchObject([['receive_message', { id: sent.id, mentions }]]),
    );
    expect(await ada.must('GET', `${path}/messages/${sent.id}`)).toMatchObject({ mentions });
    expect([await mentionsOf(eve), await mentionsOf(bob), await mentionsOf(ada)]).toEqual([1, 0, 0]);
    await eventually(async () => expect(await inboxOf(eve)).toEqual([[1, 1]]));

    await eve.must('POST', `${path}/messages/read`, {});
    const edit = {
      roomId: room.id,
      messageId: sent.id,
      content: 'for you',
      mentions: { userIds: [bob.userId] },
    };
    await emit(adas.socket, 'edit_message', edit);
    await eventually(() =>
      expect(bobs.received[1]).toMatchObject(['message_edited', { mentions: [{ userId: bob.userId }] }]),
    );
    const synced = await bob.must('POST', '/api/v1/sync', { rooms: [{ roomId: room.id, seq: 0 }] });
    const [changed] = synced.rooms[0].changes.filter(({ kind }: Json) => kind === 'message');
    expect(changed.message.mentions).toEqual([{ userId: bob.userId }]);
    expect([await mentionsOf(eve), await mentionsOf(bob)]).toEqual([0, 1]);
  });

  test('that an edit adds to a read message notify once, and are withdrawn with the name', async () => {
    const { ada, bob, path, mentionsOf, inboxOf } = await cast();
    const { id } = await ada.must('POST', `${path}/messages`, { content: 'hello' });
    await eventually(async () => expect(await inboxOf(bob)).toEqual([[1, 0]]));
    await bob.must('POST', `${path}/messages/read`, {});
    await eventually(async () => expect(await inboxOf(bob)).toEqual([]));
    const edit = (content: string) => ada.must('PUT', `${path}/messages/${id}`, { content });
    await edit(`hello @${bob.username}`);
    await edit(`hello, @${bob.username}`);
    expect(await mentionsOf(bob)).toBe(1);
    await eventually(async () => expect(await inboxOf(bob)).toEqual([[1, 1]]));
    await edit('hello');
    expect(await mentionsOf(bob)).toBe(0);
    await eventually(async () => expect(await inboxOf(bob)).toEqual([[1, 0]]));
    await bob.must('POST', `${path}/messages/read`, {});
    await edit(`hello @${bob.username} again`);
    expect(await mentionsOf(bob)).toBe(0);
  });

  test('of all members reach each of them; a removed member has none left', async () => {
    const { ada, bob, eve, path, mentionsOf, inboxOf } = await cast();
    const { roomMention } = await ada.must('POST', `${path}/messages`, {
      content: 'come, @room',
      mentions: { room: true },
    });
    expect(roomMention).toEqual({ start: 6, length: 5 });
    expect([await mentionsOf(bob), await mentionsOf(eve), await mentionsOf(ada)]).toEqual([1, 1, 0]);
    for (const user of [bob, eve])
      await eventually(async () => expect(await inboxOf(user)).toEqual([[1, 1]]));
    const again = await bob.call('POST', `${path}/messages`, { content: 'x', mentions: { room: true } });
    expect([again.status, again.body.code, again.body.setting]).toEqual([
      429,
      'rate_limit',
      'ROOM_MENTION_RATE',
    ]);
    await ada.must('PATCH', path, { roomMentions: 'admins' });
    await eventually(async () => {
      const refused = await bob.call('POST', `${path}/messages`, { content: 'x', mentions: { room: true } });
      expect([refused.status, refused.body.code]).toEqual([403, 'not_authorized']);
    });
    await ada.must('DELETE', `${path}/members/${bob.userId}`);
    expect([await mentionsOf(bob), await inboxOf(bob)]).toEqual([0, []]);
  });

  test('add nothing to the events of the other dialects', async () => {
    const { ada, bob, eve, room, path } = await cast();
    const received: Json[] = [];
    const socket = io(target().gateways[0] ?? '', {
      auth: { token: bob.token },
      transports: ['websocket'],
      forceNew: true,
    });
    closers.push(() => socket.disconnect());
    socket.on('receive-message', (message) => received.push(message));
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.emit('join-group', { group_id: room.id });
    await eventually(async () => {
      await ada.must('POST', `${path}/messages`, { content: `@${eve.username}` });
      expect(received.length).toBeGreaterThan(0);
    });
    expect(Object.keys(received[0]).filter((key) => /mention/i.test(key))).toEqual([]);
  });
});
