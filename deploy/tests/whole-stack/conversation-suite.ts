import { forEachLimit } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatUser, emit, type Json, type Received, wholeHistory } from './chat-user.ts';
import type { Target } from './target.ts';

/**
 * The main features on any target: the same suite runs on the embedded start and the two-gateway
 * stack.
 */
export function conversationSuite(name: string, start: () => Promise<Target>): void {
  describe(name, () => {
    let target: Target;
    const users: ChatUser[] = [];
    const register = async (username: string) => {
      const user = await ChatUser.register(target.url, username);
      users.push(user);
      return user;
    };
    beforeAll(async () => {
      target = await start();
    });
    afterAll(async () => {
      for (const user of users) user.close();
      await target?.stop();
    });

    test('two people register, make a room, talk through two gateways, and see the history', async () => {
      const [ada, bob] = [await register('ada'), await register('bob')];
      await eventually(async () => {
        const found = await ada.must('GET', `/api/v1/users?search=${encodeURIComponent(bob.username)}`);
        expect(found.users.map((user: Json) => user.id)).toEqual([bob.userId]);
      });
      const room = await ada.must('POST', '/api/v1/rooms', { name: 'the two of us', isPrivate: true });
      expect((await bob.call('GET', `/api/v1/rooms/${room.id}`)).status).toBe(404);
      const invite = await ada.must('POST', `/api/v1/rooms/${room.id}/invites`, {});
      await bob.must('POST', `/api/v1/rooms/invites/${invite.token}/join`);

      const [first, second] = target.gateways;
      const [adaSocket, bobSocket] = [await ada.connect(first), await bob.connect(second)];
      const received: { [who: string]: Received[] } = { ada: [], bob: [] };
      adaSocket.on('receive_message', (message) => received.ada?.push(message));
      bobSocket.on('receive_message', (message) => received.bob?.push(message));
      await emit(adaSocket, 'join_room', { roomId: room.id });
      await emit(bobSocket, 'join_room', { roomId: room.id });

      const hello = await emit(adaSocket, 'send_message', {
        roomId: room.id,
        content: 'Hello, Bob.',
        clientId: 'a-1',
      });
      const reply = await emit(bobSocket, 'send_message', { roomId: room.id, content: 'Hello, Ada.' });
      const byRest = await bob.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'And by REST.' });
      for (const messages of Object.values(received)) {
        await eventually(() => expect(messages.map(({ id }) => id)).toEqual([hello.id, reply.id, byRest.id]));
      }
      expect(received.bob?.[0]).toMatchObject({
        roomId: room.id,
        userId: ada.userId,
        username: ada.username,
        content: 'Hello, Bob.',
        clientId: 'a-1',
        seq: hello.seq,
      });
      const repeated = await emit(adaSocket, 'send_message', {
        roomId: room.id,
        content: 'Hello, Bob.',
        clientId: 'a-1',
      });
      expect([repeated.id, repeated.seq]).toEqual([hello.id, hello.seq]);
      for (const user of [ada, bob]) {
        expect((await wholeHistory(user, room.id)).map(({ content }) => content)).toEqual([
          'Hello, Bob.',
          'Hello, Ada.',
          'And by REST.',
        ]);
      }
    });

    test('fifty people in five rooms on both gateways receive every message once and in order', async () => {
      const perRoom = 10;
      const perUser = 12;
      const people: ChatUser[] = [];
      // A slow machine refuses to hash more passwords at once.
      await forEachLimit(Array.from({ length: 50 }), 5, async (_person, index) => {
        people[index] = await register(`u${index}`);
      });
      const rooms = await Promise.all(
        [0, 1, 2, 3, 4].map(async (number) => {
          const members = people.slice(number * perRoom, (number + 1) * perRoom);
          const [owner, ...others] = members;
          const room = await owner?.must('POST', '/api/v1/rooms', {
            name: `room ${number}`,
            members: others.map(({ userId }) => userId),
          });
          return { id: room.id as string, members };
        }),
      );
      const seats: { user: ChatUser; roomId: string; socket: Socket; received: Received[]; acks: Json[] }[] =
        [];
      for (const room of rooms) {
        await Promise.all(
          room.members.map(async (user, index) => {
            const socket = await user.connect(target.gateways[index % 2 === 0 ? 0 : 1]);
            const seat = { user, roomId: room.id, socket, received: [] as Received[], acks: [] as Json[] };
            socket.on('receive_message', (message) => seat.received.push(message));
            await emit(socket, 'join_room', { roomId: room.id });
            seats.push(seat);
          }),
        );
      }
      await Promise.all(
        seats.map(async (seat) => {
          for (let number = 0; number < perUser; number++) {
            const content = `${seat.user.username} says ${number}`;
            seat.acks.push(
              await emit(seat.socket, 'send_message', {
                roomId: seat.roomId,
                content,
                clientId: `${number}`,
              }),
            );
          }
        }),
      );
      for (const room of rooms) {
        const here = seats.filter((seat) => seat.roomId === room.id);
        const acknowledged = here
          .flatMap((seat) => seat.acks.map(({ id, seq }) => `${seq} ${id}`))
          .sort(bySeq);
        expect(acknowledged).toHaveLength(perRoom * perUser);
        const [first] = room.members;
        const history = first ? await wholeHistory(first, room.id) : [];
        expect(history.map(({ id, seq }) => `${seq} ${id}`)).toEqual(acknowledged);
        // One gapless order, starting with the ten joins.
        expect(history.map(({ seq }) => seq)).toEqual(acknowledged.map((_, index) => perRoom + 1 + index));
        for (const seat of here) {
          await eventually(() => expect(seat.received.length).toBeGreaterThanOrEqual(history.length));
          expect(seat.received.map(essence)).toEqual(history.map(essence));
        }
      }
    });

    test('all events of a room reach its members on both gateways', async () => {
      const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
      const room = await ada.must('POST', '/api/v1/rooms', { name: 'everything' });
      await bob.must('POST', `/api/v1/rooms/${room.id}/join`);
      const [adaSocket, bobSocket] = [
        await ada.connect(target.gateways[0]),
        await bob.connect(target.gateways[1]),
      ];
      const events: [string, Json][] = [];
      bobSocket.onAny((event, payload) => events.push([event, payload]));
      const seen = (event: string) => events.filter(([name]) => name === event).map(([, payload]) => payload);
      await emit(adaSocket, 'join_room', { roomId: room.id });
      await emit(bobSocket, 'join_room', { roomId: room.id });

      const { id: messageId } = await emit(adaSocket, 'send_message', { roomId: room.id, content: 'first' });
      await emit(adaSocket, 'edit_message', { roomId: room.id, messageId, content: 'second' });
      await emit(adaSocket, 'react_message', { roomId: room.id, messageId, reaction: '👍' });
      await emit(adaSocket, 'message_read', { roomId: room.id, messageId });
      await emit(adaSocket, 'typing', { roomId: room.id, isTyping: true });
      await emit(adaSocket, 'delete_message', { roomId: room.id, messageId });
      await eve.must('POST', `/api/v1/rooms/${room.id}/join`);
      await eve.must('POST', `/api/v1/rooms/${room.id}/leave`);

      await eventually(() =>
        expect(seen('user_left')).toMatchObject([{ userId: eve.userId, type: 'permanent', roomId: room.id }]),
      );
      expect(seen('receive_message')).toMatchObject([{ id: messageId, content: 'first' }]);
      expect(seen('message_edited')).toMatchObject([{ id: messageId, content: 'second' }]);
      expect(seen('message_reaction')).toMatchObject([
        { messageId, userId: ada.userId, reaction: '👍', on: true, counts: { '👍': 1 } },
      ]);
      expect(seen('messages_read')).toMatchObject([{ userId: ada.userId, roomId: room.id }]);
      expect(seen('message_status_updated')).toMatchObject([
        { messageId, status: 'read', readerId: ada.userId },
      ]);
      expect(seen('user_typing')).toMatchObject([{ userId: ada.userId, isTyping: true }]);
      expect(seen('message_deleted')).toMatchObject([{ id: messageId }]);
      // Bob's join may reach the timeline after his connection has joined the room.
      expect(seen('user_joined').map(({ userId }) => userId)).toContain(eve.userId);
      // A read's `seq` is a position, not the number of a change.
      const numbered = events.flatMap(([event, { seq, roomId }]) =>
        typeof seq === 'number' && roomId === room.id && event !== 'messages_read' ? [seq] : [],
      );
      expect(numbered.filter((seq, index) => index > 0 && seq < (numbered[index - 1] ?? 0))).toEqual([]);
    });

    test('a former member receives nothing and cannot send, on either gateway', async () => {
      const [ada, bob] = [await register('ada'), await register('bob')];
      const room = await ada.must('POST', '/api/v1/rooms', { name: 'in and out', members: [bob.userId] });
      const sockets = [await bob.connect(target.gateways[0]), await bob.connect(target.gateways[1])];
      const received: Received[] = [];
      for (const socket of sockets) {
        socket.on('receive_message', (message) => received.push(message));
        await emit(socket, 'join_room', { roomId: room.id });
      }
      await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'still here' });
      await eventually(() => expect(received).toHaveLength(2));
      const removed = sockets.map((socket) => new Promise((resolve) => socket.once('room_removed', resolve)));
      await ada.must('DELETE', `/api/v1/rooms/${room.id}/members/${bob.userId}`);
      await Promise.all(removed);
      await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'gone' });
      for (const socket of sockets) {
        await expect(emit(socket, 'send_message', { roomId: room.id, content: 'let me in' })).rejects.toThrow(
          /room_not_found|not_authorized/,
        );
      }
      expect(received.map(({ content }) => content)).toEqual(['still here', 'still here']);
    });

    test('a message notifies absent members, and reading the room marks that read', async () => {
      const [ada, bob] = [await register('ada'), await register('bob')];
      const room = await ada.must('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.userId });
      await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'one' });
      await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'two' });
      const unread = async () =>
        (await bob.must('GET', '/api/v1/notifications/unread')).notifications.filter(
          (one: Json) => one.type === 'message',
        );
      await eventually(async () =>
        expect(await unread()).toMatchObject([
          { metadata: { roomId: room.id, messagePreview: 'two', count: 2 } },
        ]),
      );
      await bob.must('POST', `/api/v1/rooms/${room.id}/messages/read`, {});
      await eventually(async () => expect(await unread()).toEqual([]));
    });

    test('a direct message reaches every device of both people, whatever they joined', async () => {
      const [ada, bob] = [await register('ada'), await register('bob')];
      const room = await ada.must('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.userId });
      const devices = [
        await ada.connect(target.gateways[0]),
        await bob.connect(target.gateways[0]),
        await bob.connect(target.gateways[1]),
      ];
      const received = devices.map(() => [] as string[]);
      for (const [index, socket] of devices.entries())
        socket.on('receive_message', ({ content }) => received[index]?.push(content));
      const [adaSocket] = devices;
      if (adaSocket) await emit(adaSocket, 'send_message', { roomId: room.id, content: 'psst' });
      await eventually(() => expect(received).toEqual([['psst'], ['psst'], ['psst']]));
    });

    test('presence: a friend sees a person come online on another gateway, and go', async () => {
      const [ada, bob] = [await register('ada'), await register('bob')];
      const room = await ada.must('POST', '/api/v1/rooms', { name: 'who is there', members: [bob.userId] });
      const adaSocket = await ada.connect(target.gateways[0]);
      await emit(adaSocket, 'join_room', { roomId: room.id });
      const statuses: string[] = [];
      adaSocket.on('user_status', (status) => status.userId === bob.userId && statuses.push(status.status));
      const bobSocket = await bob.connect(target.gateways[1]);
      await eventually(() => expect(statuses).toEqual(['online']));
      const present = await emit(adaSocket, 'get_room_users', { roomId: room.id });
      expect(present.users.find((user: Json) => user.userId === bob.userId)).toMatchObject({
        isOnline: true,
      });
      bobSocket.disconnect();
      await eventually(() => expect(statuses).toEqual(['online', 'offline']));
    });
  });
}

const essence = ({ id, seq, content, userId, username, createdAt }: Received) => ({
  id,
  seq,
  content,
  userId,
  username,
  createdAt,
});
const bySeq = (one: string, other: string) => Number.parseInt(one, 10) - Number.parseInt(other, 10);
