import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { io } from 'socket.io-client';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { Connection, connectWebSocket, opened } from './connections.ts';
import { onBothTargets } from './on-both-targets.ts';

/**
 * Event names of one dialect for everything that members of a room receive, and the fields that
 * name the room or message.
 */
const names = {
  snake_case: {
    message: ['receive_message', 'content'],
    edit: ['message_edited', 'content'],
    reaction: ['message_reaction', 'reaction'],
    joined: ['user_joined', 'userId'],
    left: ['user_left', 'userId'],
    updated: ['room_updated', 'name'],
    typing: ['user_typing', 'userId'],
    receipt: ['message_status_updated', 'messageId'],
  },
  camelCase: {
    message: ['newMessage', 'content'],
    edit: ['messageEdited', 'content'],
    reaction: ['messageReaction', 'reaction'],
    joined: ['userJoined', 'userId'],
    left: ['userLeft', 'userId'],
    updated: ['roomUpdated', 'name'],
    typing: ['userTyping', 'userId'],
    receipt: ['messageStatus', 'messageId'],
  },
  'kebab-case': {
    message: ['receive-message', 'content'],
    edit: ['message-edited', 'content'],
    reaction: ['message-reaction', 'reaction'],
    joined: ['user-joined', 'user_id'],
    left: ['user-left', 'user_id'],
    updated: ['group-updated', 'name'],
    typing: ['user-typing', 'user_id'],
    receipt: ['message-status', 'message_id'],
  },
} as const;
type Dialect = keyof typeof names;
const styles = Object.keys(names) as Dialect[];
type EventKind = keyof (typeof names)['snake_case'];

/** Pattern of the dialect's event names. A single word fits every dialect. */
const isOf: Record<Dialect, RegExp> = {
  snake_case: /^[a-z]+(_[a-z]+)*$/,
  camelCase: /^[a-z]+([A-Z][a-z]+)*$/,
  'kebab-case': /^[a-z]+(-[a-z]+)*$/,
};

async function connect(
  gateway: string,
  token: string,
  style: Dialect,
  transport: 'Socket.IO' | 'WebSocket',
): Promise<Connection> {
  if (transport === 'WebSocket') return connectWebSocket(gateway, token, `/ws?style=${style}`);
  const socket = io(gateway, {
    auth: { token, style },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  const made = new Connection(
    (event, data) => socket.emit(event, data),
    () => socket.disconnect(),
  );
  socket.onAny((event, data) => made.received.push({ event, data }));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return made;
}

const joinIn: Record<Dialect, (room: string) => [event: string, data: Json, answer: string]> = {
  snake_case: (roomId) => ['join_room', { roomId }, 'room_joined'],
  camelCase: (roomId) => ['joinConversation', roomId, 'roomJoined'],
  'kebab-case': (roomId) => ['join-group', roomId, 'joined-group'],
};
const sayIn: Record<Dialect, (room: string, content: string) => [event: string, data: Json]> = {
  snake_case: (roomId, content) => ['send_message', { roomId, content }],
  camelCase: (roomId, content) => ['sendMessage', { roomId, content }],
  'kebab-case': (group, content) => ['send-message', { receiver_id: group, is_group: true, content }],
};

onBothTargets('all styles', (target) => {
  test('members on both gateways and transports receive everything in their own dialect only', async () => {
    const seats = styles.flatMap((style) =>
      (['Socket.IO', 'WebSocket'] as const).map((transport, index) => ({
        style,
        transport,
        gateway: target().gateways[index === 0 ? 0 : 1],
      })),
    );
    const owner = await ChatUser.register(target().url, 'owner');
    const guest = await ChatUser.register(target().url, 'guest');
    const people = await Promise.all(
      seats.map((_, index) => ChatUser.register(target().url, `style${index}`)),
    );
    const members = people.map(({ userId }) => userId);
    const { id: roomId } = await owner.must('POST', '/api/v1/rooms', { name: 'all of us', members });
    const connections = await Promise.all(
      seats.map(async ({ style, transport, gateway }, index) => {
        const made = await connect(gateway, people[index]?.token ?? '', style, transport);
        const [event, data, answer] = joinIn[style](roomId);
        made.emit(event, data);
        await made.receives(answer);
        return made;
      }),
    );
    const everybodyReceives = (kind: EventKind, value: string, except?: number) =>
      Promise.all(
        connections.map((one, index) => {
          const [event, field] = names[seats[index]?.style ?? 'snake_case'][kind];
          return index === except ? undefined : one.receives(event, { [field]: value });
        }),
      );

    for (const [index, { style, transport }] of seats.entries()) {
      const content = `${style} over ${transport}`;
      const [event, data] = sayIn[style](roomId, content);
      connections[index]?.emit(event, data);
      await everybodyReceives('message', content);
    }
    const message = await owner.must('POST', `/api/v1/rooms/${roomId}/messages`, { content: 'first' });
    await owner.must('PUT', `/api/v1/rooms/${roomId}/messages/${message.id}`, { content: 'second' });
    await everybodyReceives('edit', 'second');
    connections[styles.indexOf('camelCase') * 2]?.emit('reactMessage', {
      messageId: message.id,
      reaction: '👍',
    });
    await everybodyReceives('reaction', '👍');
    connections[0]?.emit('message_read', { roomId, messageId: message.id });
    await everybodyReceives('receipt', message.id);
    const typist = styles.indexOf('camelCase') * 2 + 1;
    connections[typist]?.emit('typing', { roomId, isTyping: true });
    await everybodyReceives('typing', members[typist] ?? '', typist);
    await guest.must('POST', `/api/v1/rooms/${roomId}/join`);
    await everybodyReceives('joined', guest.userId);
    await guest.must('POST', `/api/v1/rooms/${roomId}/leave`);
    await everybodyReceives('left', guest.userId);
    await owner.must('PATCH', `/api/v1/rooms/${roomId}`, { name: 'renamed' });
    await everybodyReceives('updated', 'renamed');

    for (const [index, { style }] of seats.entries()) {
      const foreign = (connections[index]?.received ?? [])
        .filter(({ event }) => !isOf[style].test(event))
        .map(({ event }) => event);
      expect([style, foreign]).toEqual([style, []]);
      const contents =
        connections[index]?.all(names[style].message[0]).map(({ content }: Json) => content) ?? [];
      expect(new Set(contents).size, 'each once').toBe(contents.length);
      expect(connections[index]?.all('error')).toEqual([]);
    }
    for (const one of connections) one.close();
  });

  test('a dialect is recognized by the first event that only it has', async () => {
    const ada = await ChatUser.register(target().url, 'ada');
    const { id: roomId } = await ada.must('POST', '/api/v1/rooms', { name: 'recognised' });
    const first: [event: string, data: Json, answer: string][] = [
      ['join_room', { roomId }, 'room_joined'],
      ['joinRoom', { roomId, userId: ada.userId }, 'roomJoined'],
      ['joinConversation', roomId, 'roomJoined'],
      ['join', ada.userId, 'joined'],
      ['join-group', roomId, 'joined-group'],
    ];
    for (const [event, data, answer] of first) {
      const made = await connectWebSocket(target().gateways[1], ada.token);
      made.emit(event, data);
      await made.receives(answer);
      made.close();
    }
  });

  test("groups: a member receives a later group's messages from the first one on", async () => {
    const [ada, bob] = [
      await ChatUser.register(target().url, 'ada'),
      await ChatUser.register(target().url, 'bob'),
    ];
    const bobs = await connectWebSocket(target().gateways[1], bob.token);
    bobs.emit('join', bob.userId);
    await bobs.receives('joined');
    const { id: groupId } = await ada.must('POST', '/api/v1/rooms', {
      kind: 'group',
      name: 'later',
      members: [bob.userId],
    });
    await ada.must('POST', `/api/v1/rooms/${groupId}/messages`, { content: 'at once' });
    await bobs.receives('receive-message', {
      content: 'at once',
      receiver_id: groupId,
      is_group: true,
      sender_id: ada.userId,
    });
    bobs.close();
  });

  test("newChatRoom: invited users get the new room's id, and inviting with that id works", async () => {
    const [ada, bob, eve] = (await Promise.all(
      ['ada', 'bob', 'eve'].map((name) => ChatUser.register(target().url, name)),
    )) as [ChatUser, ChatUser, ChatUser];
    const connections = await Promise.all(
      [ada, bob, eve].map(({ token }, index) =>
        connectWebSocket(target().gateways[index % 2 === 0 ? 0 : 1], token, '/?style=camelCase'),
      ),
    );
    const [adas, bobs, eves] = connections as [Connection, Connection, Connection];
    adas.emit('newChatRoom', { roomName: 'plans', invitedUsers: [bob.userId], roomId: randomUUID() });
    const { roomId } = await bobs.receives('newChatRoom', { roomName: 'plans', organizationId: null });
    expect(eves.all('newChatRoom')).toEqual([]);
    adas.emit('newChatRoom', { roomName: 'plans', invitedUsers: [eve.userId], roomId });
    await eves.receives('newChatRoom', { roomId });
    bobs.emit('newChatRoom', { roomName: 'theirs', invitedUsers: [], roomId, organizationId: randomUUID() });
    await bobs.receives('error', { code: 'not_authorized' });
    for (const one of connections) one.close();
  });

  test('/notifications: connected, then each new notification with the documented names', async () => {
    const [ada, bob] = [
      await ChatUser.register(target().url, 'ada'),
      await ChatUser.register(target().url, 'bob'),
    ];
    const socket = io(`${target().gateways[1]}/notifications`, {
      auth: { token: bob.token },
      transports: ['websocket'],
      forceNew: true,
    });
    const received: { event: string; data: Json }[] = [];
    socket.onAny((event, data) => received.push({ event, data }));
    await eventually(() =>
      expect(received).toEqual([{ event: 'notifications:connected', data: { status: 'connected' } }]),
    );
    const room = await ada.must('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.userId });
    await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'psst' });
    await eventually(() => expect(received).toHaveLength(2));
    expect(received[1]).toMatchObject({
      event: 'notification',
      data: {
        type: 'message',
        is_read: false,
        deleted_at: null,
        metadata: { conversation_id: room.id, sender_id: ada.userId, message_preview: 'psst' },
      },
    });
    socket.disconnect();
  });

  test('plain WebSocket: answers requests with an id, and survives any input', async () => {
    const ada = await ChatUser.register(target().url, 'ada');
    const { id: roomId } = await ada.must('POST', '/api/v1/rooms', { name: 'frames' });
    const socket = new WebSocket(`${target().url.replace('http', 'ws')}/ws`, ['bearer', ada.token]);
    const received: Json[] = [];
    socket.on('message', (raw) => received.push(JSON.parse(String(raw))));
    await opened(socket);
    expect(socket.protocol).toBe('bearer');
    for (const junk of ['', 'no json', '[]', '7', 'null', '{}', '{"event":7}', '['.repeat(10_000)])
      socket.send(junk);
    socket.send(Buffer.from('{"event":"join_room"}'));
    const errors = () => received.filter(({ event }) => event === 'error');
    await eventually(() => expect(errors()).toHaveLength(9));
    for (const answer of errors())
      expect(answer).toMatchObject({
        event: 'error',
        data: { code: 'malformed_request', type: 'MALFORMED_REQUEST' },
      });
    socket.send(JSON.stringify({ event: 'joinRoom', data: { roomId, userId: ada.userId }, id: 'a' }));
    socket.send(JSON.stringify({ event: 'sendMessage', data: { roomId, content: ' ' }, id: 2 }));
    await eventually(() => expect(received.filter(({ id }) => id !== undefined)).toHaveLength(2));
    expect(received).toContainEqual({ id: 'a', ok: true, data: { roomId, seq: expect.any(Number) } });
    expect(received).toContainEqual(
      expect.objectContaining({
        id: 2,
        ok: false,
        error: expect.objectContaining({
          code: 'validation_failed',
          fields: [expect.objectContaining({ field: 'content' })],
        }),
      }),
    );
    socket.close();
  });
});
