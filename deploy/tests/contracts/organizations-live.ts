import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { type Connection, connectSocketIo, connectWebSocket } from './connections.ts';
import { organizationsCast, type Person } from './organizations-cast.ts';

const transports = {
  'frames over a plain WebSocket': connectWebSocket,
  'Socket.IO': connectSocketIo,
};

/** The events of `organizations.md`, row by row. */
export function organizationsLive(target: () => Target, transport: keyof typeof transports): void {
  const connect = transports[transport];
  const { call, colleagues, makeRoom, code } = organizationsCast(target);
  /** Members of a room, alternating between the two gateways; all have joined it. */
  const inRoom = async (
    names: string[],
    play: (room: Json, people: Person[], connections: Connection[]) => Promise<void>,
  ) => {
    const people = await colleagues(...names);
    const [owner] = people;
    if (!owner) return expect.fail('nobody');
    const room = await makeRoom(owner);
    const connections = await Promise.all(
      people.map(({ token }, index) => connect(target().gateways[index % 2 === 0 ? 0 : 1], token)),
    );
    try {
      for (const [index, { id: userId }] of people.entries()) {
        connections[index]?.emit('joinRoom', { roomId: room.id, userId });
        await connections[index]?.receives('roomJoined');
      }
      await play(room, people, connections);
    } finally {
      for (const connection of connections) connection.close();
    }
  };
  const both = (people: Person[], connections: Connection[]): [Person, Person, Connection, Connection] => {
    const [ada, bob] = people;
    const [adas, bobs] = connections;
    return ada && bob && adas && bobs ? [ada, bob, adas, bobs] : expect.fail('nobody');
  };

  test(`${transport}: joinRoom and leaveRoom {roomId, userId} notify everyone in the room`, () =>
    inRoom(['ada', 'bob'], async (room, people, connections) => {
      const [ada, bob, adas, bobs] = both(people, connections);
      for (const connection of [adas, bobs])
        await connection.receives('userJoined', {
          roomId: room.id,
          userId: bob.id,
          username: bob.username,
        });
      bobs.emit('joinRoom', { roomId: room.id, userId: ada.id });
      await bobs.receives('error', { code: 'identity_mismatch' });
      bobs.emit('leaveRoom', { roomId: room.id, userId: bob.id });
      await adas.receives('userLeft', { roomId: room.id, userId: bob.id, username: bob.username });
    }));

  test(`${transport}: sendMessage {roomId, userId, content} reaches every member in the room`, () =>
    inRoom(['ada', 'bob'], async (room, people, connections) => {
      const [ada, bob, adas, bobs] = both(people, connections);
      adas.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'Hello, all.' });
      for (const connection of [adas, bobs]) {
        const received = await connection.receives('newMessage', {
          roomId: room.id,
          userId: ada.id,
          content: 'Hello, all.',
        });
        expect(received).toMatchObject({
          username: ada.username,
          chat_room_id: room.id,
          user_id: ada.id,
          is_encrypted: false,
        });
        expect(Object.keys(received)).toEqual(
          expect.arrayContaining(['id', 'seq', 'created_at', 'createdAt']),
        );
      }
      bobs.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'forged' });
      await bobs.receives('error', { code: 'identity_mismatch' });
      bobs.emit('sendMessage', { roomId: room.id, userId: bob.id, content: 'sealed', is_encrypted: true });
      await adas.receives('newMessage', { content: 'sealed', is_encrypted: true });
      await call(bob, 'POST', `/api/v1/rooms/${room.id}/leave`);
      bobs.emit('sendMessage', { roomId: room.id, userId: bob.id, content: 'too late' });
      await eventually(() => expect(bobs.all('error')).toHaveLength(2));
      expect((await call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`)).body.messages).toMatchObject([
        { content: 'Hello, all.' },
        { content: 'sealed', isEncrypted: true },
      ]);
    }));

  test(`${transport}: typing {roomId, userId} reaches the others in the room`, () =>
    inRoom(['ada', 'bob'], async (room, people, connections) => {
      const [ada, , adas, bobs] = both(people, connections);
      adas.emit('typing', { roomId: room.id, userId: ada.id });
      await bobs.receives('typing', {
        roomId: room.id,
        userId: ada.id,
        username: ada.username,
        isTyping: true,
      });
      // The document has no event that ends typing.
      await bobs.receives('typing', {
        roomId: room.id,
        userId: ada.id,
        username: ada.username,
        isTyping: false,
      });
      expect(adas.all('typing')).toEqual([]);
    }));

  test(`${transport}: reactMessage reaches the others; a repetition removes the reaction`, () =>
    inRoom(['ada', 'bob'], async (room, people, connections) => {
      const [ada, bob, adas, bobs] = both(people, connections);
      adas.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'Do you like it?' });
      const { id: messageId } = await bobs.receives('newMessage');
      for (const counts of [{ '❤️': 1 }, {}]) {
        adas.received.length = 0;
        bobs.emit('reactMessage', { userId: bob.id, messageId, reaction: '❤️' });
        const seen = await adas.receives('messageReaction', {
          roomId: room.id,
          messageId,
          userId: bob.id,
          reaction: '❤️',
        });
        expect(seen.counts).toEqual(counts);
      }
      const [eve] = await colleagues('eve');
      if (!eve) return expect.fail('nobody');
      const eves = await connect(target().gateways[0], eve.token);
      eves.emit('reactMessage', { userId: eve.id, messageId, reaction: '👍' });
      expect((await eves.receives('error')).code).toMatch(/_not_found$/);
      eves.close();
    }));

  test(`${transport}: newChatRoom creates the room and notifies the invited users`, () =>
    inRoom(['ada', 'bob'], async (_room, people, connections) => {
      const [ada, bob, adas, bobs] = both(people, connections);
      const { organizationId } = ada;
      const silent = await connect(target().gateways[0], bob.token);
      const deleted = await makeRoom(ada, 'Deleted');
      await call(ada, 'DELETE', `/api/v1/rooms/${deleted.id}`);
      for (const roomId of ['2', 2, null, undefined, randomUUID(), deleted.id]) {
        const roomName = `Made as ${JSON.stringify(roomId)}`;
        adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId, organizationId });
        const announced = await bobs.receives('newChatRoom', { roomName, organizationId });
        expect(announced.roomId).not.toBe(roomId);
        // Also on connections that have sent nothing, and to the creator, who needs the new id.
        for (const connection of [silent, adas])
          expect(await connection.receives('newChatRoom', { roomName })).toMatchObject({
            roomId: announced.roomId,
          });
        expect((await call(bob, 'GET', '/api/chat')).body.data[0]).toMatchObject({
          id: announced.roomId,
          name: roomName,
          organization_id: organizationId,
        });
        bobs.emit('joinRoom', { roomId: announced.roomId, userId: bob.id });
        await bobs.receives('roomJoined', { roomId: announced.roomId });
        adas.emit('sendMessage', { roomId: announced.roomId, userId: ada.id, content: 'Welcome.' });
        await bobs.receives('newMessage', { roomId: announced.roomId, content: 'Welcome.' });
      }
      silent.close();
      for (const roomName of ['H', 'R'.repeat(100)]) {
        adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId: 1, organizationId: '1' });
        await bobs.receives('newChatRoom', { roomName });
      }
      for (const roomName of [' ', 'R'.repeat(101)]) {
        adas.received.length = 0;
        adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId: 1, organizationId });
        expect(await adas.receives('error')).toMatchObject({
          code: 'validation_failed',
          fields: [{ field: 'roomName' }],
        });
      }
      const [eve] = await colleagues('eve');
      const hidden = (await call(eve ?? ada, 'POST', '/api/v1/rooms', { name: 'Hidden', isPrivate: true }))
        .body;
      adas.emit('newChatRoom', {
        roomName: 'Not theirs',
        invitedUsers: [bob.id],
        roomId: hidden.id,
        organizationId,
      });
      expect((await bobs.receives('newChatRoom', { roomName: 'Not theirs' })).roomId).not.toBe(hidden.id);
      const existing = (await call(ada, 'POST', '/api/v1/rooms', { name: 'Existing', isPrivate: true })).body;
      adas.emit('newChatRoom', {
        roomName: 'Existing',
        invitedUsers: [bob.id],
        roomId: existing.id,
        organizationId,
      });
      await bobs.receives('newChatRoom', { roomId: existing.id });
      await eventually(async () =>
        expect((await call(bob, 'GET', `/api/v1/rooms/${existing.id}`)).status).toBe(200),
      );
    }));

  test(`${transport}: POST /api/chat sends newChatRoom to the organization's users only`, () =>
    inRoom(['ada', 'bob'], async (room, people, connections) => {
      const [ada, bob, adas, bobs] = both(people, connections);
      const [eve] = await colleagues('eve');
      if (!eve) return expect.fail('nobody');
      const others = [
        await connect(target().gateways[0], bob.token),
        await connect(target().gateways[1], eve.token),
      ];
      const made = await makeRoom(ada, 'Announcements');
      for (const connection of [adas, bobs, others[0]]) {
        const announced = await connection?.receives('newChatRoom', { roomName: 'Announcements' });
        expect(announced).toMatchObject({ roomId: made.id, organizationId: ada.organizationId });
        expect(connection?.all('newChatRoom').filter(({ roomId }) => roomId === made.id)).toHaveLength(1);
      }
      // A room that only its members may see is announced to them alone.
      const closed = (await call(ada, 'POST', '/api/v1/rooms', { name: 'Closed', isPrivate: true })).body;
      await adas.receives('newChatRoom', { roomId: closed.id });
      const own = await makeRoom(eve, 'Elsewhere');
      await others[1]?.receives('newChatRoom', { roomId: own.id });
      await makeRoom(ada, 'The last');
      await bobs.receives('newChatRoom', { roomName: 'The last' });
      // The announcement of the first room may arrive after they have connected.
      const later = bobs.all('newChatRoom').filter(({ roomId }) => roomId !== room.id);
      expect(later.map(({ roomName }) => roomName)).toEqual(['Announcements', 'The last']);
      expect(others[1]?.all('newChatRoom').map(({ roomName }) => roomName)).toEqual(['Elsewhere']);
      for (const connection of others) connection.close();
    }));

  test(`${transport}: numeric ids get an error naming the field, and the connection stays open`, () =>
    inRoom(['ada', 'bob'], async (room, people, connections) => {
      const [ada, , adas] = both(people, connections);
      const said: [event: string, data: unknown, code: string, field?: string][] = [
        ['joinRoom', { roomId: 1, userId: ada.id }, 'validation_failed', 'roomId'],
        ['leaveRoom', { roomId: 1 }, 'validation_failed', 'roomId'],
        ['sendMessage', { roomId: 1, content: 'Hello' }, 'validation_failed', 'roomId'],
        ['reactMessage', { messageId: 10, reaction: '👍' }, 'validation_failed', 'messageId'],
        [
          'newChatRoom',
          { roomName: 'New', invitedUsers: [2, 3], roomId: 5 },
          'validation_failed',
          'invitedUsers.0',
        ],
        [
          'newChatRoom',
          { roomName: 'New', invitedUsers: [], organizationId: {} },
          'validation_failed',
          'organizationId',
        ],
        ['typing', { roomId: room.id, userId: 1 }, 'identity_mismatch'],
      ];
      for (const [event, data, code, field] of said) {
        adas.received.length = 0;
        adas.emit(event, data);
        const error = await adas.receives('error');
        expect([event, error.code, error.fields?.[0]?.field]).toEqual([event, code, field]);
      }
      adas.emit('sendMessage', { roomId: room.id, content: 'still here' });
      await adas.receives('newMessage', { content: 'still here' });
    }));

  test(`${transport}: members of other organizations cannot join, write or create rooms`, () =>
    inRoom(['ada', 'bob'], async (room, people, connections) => {
      const [ada, , adas] = both(people, connections);
      const [eve] = await colleagues('eve');
      if (!eve) return expect.fail('nobody');
      expect(await code(call(eve, 'GET', `/api/v1/rooms/${room.id}`))).toEqual([404, 'room_not_found']);
      const eves = await connect(target().gateways[1], eve.token);
      eves.emit('joinRoom', { roomId: room.id, userId: eve.id });
      await eves.receives('error', { code: 'room_not_found' });
      eves.emit('sendMessage', { roomId: room.id, userId: eve.id, content: 'intruding' });
      await eventually(() =>
        expect(eves.all('error').map((error) => error.code)).toEqual(['room_not_found', 'room_not_found']),
      );
      eves.emit('newChatRoom', {
        roomName: 'Trojan',
        invitedUsers: [ada.id],
        roomId: randomUUID(),
        organizationId: ada.organizationId,
      });
      await eventually(() => expect(eves.all('error')).toHaveLength(3));
      expect(adas.all('newChatRoom').filter(({ roomName }) => roomName === 'Trojan')).toEqual([]);
      eves.close();
    }));
}
