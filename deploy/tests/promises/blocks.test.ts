import { eventually } from '@parley/testkit';
import type { Socket } from 'socket.io-client';
import { afterEach, expect, test } from 'vitest';
import { onBothTargets } from '../contracts/on-both-targets.ts';
import { ChatUser, emit, type Json } from '../whole-stack/chat-user.ts';

const users: ChatUser[] = [];
afterEach(() => {
  for (const user of users.splice(0)) user.close();
});

onBothTargets('a block', (target) => {
  test('stops mentions, presence and receipts between the two, both ways, until it ends', async () => {
    const people = ['ada', 'bob', 'eve'].map((name) => ChatUser.register(target().url, name));
    const [ada, bob, eve] = (await Promise.all(people)) as [ChatUser, ChatUser, ChatUser];
    users.push(ada, bob, eve);
    const members = [bob.userId, eve.userId];
    const { id: roomId } = await ada.must('POST', '/api/v1/rooms', { kind: 'group', name: 'all', members });
    const direct = await ada.must('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.userId });
    await bob.must('POST', `/api/v1/rooms/${direct.id}/messages`, { content: 'hello' });

    const received = new Map<ChatUser, { event: string; data: Json }[]>();
    const open = async (user: ChatUser, gateway: number): Promise<Socket> => {
      const events: { event: string; data: Json }[] = [];
      received.set(user, events);
      return user.connect(target().gateways[gateway] ?? '', (socket) =>
        socket.onAny((event, data) => events.push({ event, data })),
      );
    };
    const about = (user: ChatUser, other: ChatUser, event: string) =>
      (received.get(user) ?? []).filter((one) => one.event === event && one.data.userId === other.userId);
    const online = async (socket: Socket) =>
      (await emit(socket, 'get_room_users', { roomId })).users
        .filter(({ isOnline }: Json) => isOnline)
        .map(({ userId }: Json) => userId)
        .sort();
    const messageRows = async (user: ChatUser) =>
      (await user.must('GET', '/api/v1/notifications/unread')).notifications
        .filter(({ type, metadata }: Json) => type === 'message' && metadata.roomId === roomId)
        .map(({ content }: Json) => content);
    const say = (user: ChatUser, content: string) =>
      user.must('POST', `/api/v1/rooms/${roomId}/messages`, { content });
    const read = (user: ChatUser) => user.must('POST', `/api/v1/rooms/${direct.id}/messages/read`, {});

    await ada.must('PUT', `/api/v1/blocks/${bob.userId}`);
    const [bobs, eves] = [await open(bob, 1), await open(eve, 0)];
    const adas = await open(ada, 0);
    await eventually(() => expect(about(eve, ada, 'user_status')).toHaveLength(1));
    expect(await online(bobs)).toEqual([bob.userId, eve.userId].sort());
    expect(await online(adas)).toEqual([ada.userId, eve.userId].sort());
    expect(await online(eves)).toEqual([ada.userId, bob.userId, eve.userId].sort());
    await say(bob, `@${ada.username} @${eve.username}`);
    await say(ada, `@${bob.username} @${eve.username}`);
    await eventually(async () => {
      const [row] = await messageRows(eve);
      expect(row).toContain(`@${bob.username}`);
    });
    expect([await messageRows(ada), await messageRows(bob)]).toEqual([[], []]);
    await read(ada);
    await eventually(() => expect(about(ada, ada, 'messages_read')).toHaveLength(1));
    const positions = `/api/v1/rooms/${direct.id}/read-positions`;
    expect((await bob.must('GET', positions)).positions).toEqual([]);
    expect(about(bob, ada, 'user_status')).toEqual([]);

    await ada.must('DELETE', `/api/v1/blocks/${bob.userId}`);
    expect(await online(bobs)).toHaveLength(3);
    await eventually(async () =>
      expect((await bob.must('GET', positions)).positions).toMatchObject([{ userId: ada.userId }]),
    );
    await bob.must('POST', `/api/v1/rooms/${direct.id}/messages`, { content: 'again' });
    await read(ada);
    await eventually(() => expect(about(bob, ada, 'messages_read')).toHaveLength(1));
  });
});
