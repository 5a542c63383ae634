import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { frameLine, type Line, socketIoLine } from './lines.ts';
import { organizationsCast, type Person } from './organizations-cast.ts';

/** The events of `organizations.md`, row by row, over both transports. */
export function organizationsLive(target: () => Target): void {
  const { call, colleagues, makeRoom, code } = organizationsCast(target);
  const transports = [
    ['frames over a plain WebSocket', frameLine],
    ['Socket.IO', socketIoLine],
  ] as const;
  for (const [transport, connect] of transports) {
    /** Members of a room, alternating between the two gateways; all have joined it. */
    const inRoom = async (
      names: string[],
      play: (room: Json, people: Person[], lines: Line[]) => Promise<void>,
    ) => {
      const people = await colleagues(...names);
      const [owner] = people;
      if (!owner) return expect.fail('nobody');
      const room = await makeRoom(owner);
      const lines = await Promise.all(
        people.map(({ token }, index) => connect(target().gateways[index % 2 === 0 ? 0 : 1], token)),
      );
      try {
        for (const [index, { id: userId }] of people.entries()) {
          lines[index]?.emit('joinRoom', { roomId: room.id, userId });
          await lines[index]?.hears('roomJoined');
        }
        await play(room, people, lines);
      } finally {
        for (const line of lines) line.close();
      }
    };
    const both = (people: Person[], lines: Line[]): [Person, Person, Line, Line] => {
      const [ada, bob] = people;
      const [adas, bobs] = lines;
      return ada && bob && adas && bobs ? [ada, bob, adas, bobs] : expect.fail('nobody');
    };

    test(`${transport}: joinRoom and leaveRoom {roomId, userId} notify everyone in the room`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        for (const line of [adas, bobs])
          await line.hears('userJoined', { roomId: room.id, userId: bob.id, username: bob.username });
        bobs.emit('joinRoom', { roomId: room.id, userId: ada.id });
        await bobs.hears('error', { code: 'identity_mismatch' });
        bobs.emit('leaveRoom', { roomId: room.id, userId: bob.id });
        await adas.hears('userLeft', { roomId: room.id, userId: bob.id, username: bob.username });
      }));

    test(`${transport}: sendMessage {roomId, userId, content} reaches every member in the room`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        adas.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'Hello, all.' });
        for (const line of [adas, bobs]) {
          const heard = await line.hears('newMessage', {
            roomId: room.id,
            userId: ada.id,
            content: 'Hello, all.',
          });
          expect(heard).toMatchObject({
            username: ada.username,
            chat_room_id: room.id,
            user_id: ada.id,
            is_encrypted: false,
          });
          expect(Object.keys(heard)).toEqual(
            expect.arrayContaining(['id', 'seq', 'created_at', 'createdAt']),
          );
        }
        bobs.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'forged' });
        await bobs.hears('error', { code: 'identity_mismatch' });
        bobs.emit('sendMessage', { roomId: room.id, userId: bob.id, content: 'sealed', is_encrypted: true });
        await adas.hears('newMessage', { content: 'sealed', is_encrypted: true });
        await call(bob, 'POST', `/api/v1/rooms/${room.id}/leave`);
        bobs.emit('sendMessage', { roomId: room.id, userId: bob.id, content: 'too late' });
        await eventually(() => expect(bobs.all('error')).toHaveLength(2));
        expect((await call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`)).body.messages).toMatchObject([
          { content: 'Hello, all.' },
          { content: 'sealed', isEncrypted: true },
        ]);
      }));

    test(`${transport}: typing {roomId, userId} reaches the others in the room`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, , adas, bobs] = both(people, lines);
        adas.emit('typing', { roomId: room.id, userId: ada.id });
        await bobs.hears('typing', {
          roomId: room.id,
          userId: ada.id,
          username: ada.username,
          isTyping: true,
        });
        // The document has no event that ends typing.
        await bobs.hears('typing', {
          roomId: room.id,
          userId: ada.id,
          username: ada.username,
          isTyping: false,
        });
        expect(adas.all('typing')).toEqual([]);
      }));

    test(`${transport}: reactMessage reaches the others; a repetition removes the reaction`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        adas.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'Do you like it?' });
        const { id: messageId } = await bobs.hears('newMessage');
        for (const counts of [{ '❤️': 1 }, {}]) {
          adas.heard.length = 0;
          bobs.emit('reactMessage', { userId: bob.id, messageId, reaction: '❤️' });
          const seen = await adas.hears('messageReaction', {
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
        expect((await eves.hears('error')).code).toMatch(/_not_found$/);
        eves.close();
      }));

    test(`${transport}: newChatRoom creates the room and notifies the invited users`, () =>
      inRoom(['ada', 'bob'], async (_room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        const { organizationId } = ada;
        const silent = await connect(target().gateways[0], bob.token);
        for (const roomId of ['2', 2, null, undefined, randomUUID()]) {
          const roomName = `Made as ${JSON.stringify(roomId)}`;
          adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId, organizationId });
          const told = await bobs.hears('newChatRoom', { roomName, organizationId });
          expect(told.roomId).not.toBe(roomId);
          // Also on connections that have sent nothing, and to the creator, who needs the new id.
          for (const line of [silent, adas])
            expect(await line.hears('newChatRoom', { roomName })).toMatchObject({ roomId: told.roomId });
          expect((await call(bob, 'GET', '/api/chat')).body.data[0]).toMatchObject({
            id: told.roomId,
            name: roomName,
            organization_id: organizationId,
          });
          bobs.emit('joinRoom', { roomId: told.roomId, userId: bob.id });
          await bobs.hears('roomJoined', { roomId: told.roomId });
          adas.emit('sendMessage', { roomId: told.roomId, userId: ada.id, content: 'Welcome.' });
          await bobs.hears('newMessage', { roomId: told.roomId, content: 'Welcome.' });
        }
        silent.close();
        for (const roomName of ['H', 'R'.repeat(100)]) {
          adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId: 1, organizationId: '1' });
          await bobs.hears('newChatRoom', { roomName });
        }
        for (const roomName of [' ', 'R'.repeat(101)]) {
          adas.heard.length = 0;
          adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId: 1, organizationId });
          expect(await adas.hears('error')).toMatchObject({
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
        expect((await bobs.hears('newChatRoom', { roomName: 'Not theirs' })).roomId).not.toBe(hidden.id);
        const existing = (await call(ada, 'POST', '/api/v1/rooms', { name: 'Existing', isPrivate: true }))
          .body;
        adas.emit('newChatRoom', {
          roomName: 'Existing',
          invitedUsers: [bob.id],
          roomId: existing.id,
          organizationId,
        });
        await bobs.hears('newChatRoom', { roomId: existing.id });
        await eventually(async () =>
          expect((await call(bob, 'GET', `/api/v1/rooms/${existing.id}`)).status).toBe(200),
        );
      }));

    test(`${transport}: POST /api/chat sends newChatRoom to the organization's users only`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        const [eve] = await colleagues('eve');
        if (!eve) return expect.fail('nobody');
        const others = [
          await connect(target().gateways[0], bob.token),
          await connect(target().gateways[1], eve.token),
        ];
        const made = await makeRoom(ada, 'Announcements');
        for (const line of [adas, bobs, others[0]]) {
          const told = await line?.hears('newChatRoom', { roomName: 'Announcements' });
          expect(told).toMatchObject({ roomId: made.id, organizationId: ada.organizationId });
          expect(line?.all('newChatRoom').filter(({ roomId }) => roomId === made.id)).toHaveLength(1);
        }
        // A room that only its members may see is announced to them alone.
        const closed = (await call(ada, 'POST', '/api/v1/rooms', { name: 'Closed', isPrivate: true })).body;
        await adas.hears('newChatRoom', { roomId: closed.id });
        const own = await makeRoom(eve, 'Elsewhere');
        await others[1]?.hears('newChatRoom', { roomId: own.id });
        await makeRoom(ada, 'The last');
        await bobs.hears('newChatRoom', { roomName: 'The last' });
        // The announcement of the first room may arrive after they have connected.
        const later = bobs.all('newChatRoom').filter(({ roomId }) => roomId !== room.id);
        expect(later.map(({ roomName }) => roomName)).toEqual(['Announcements', 'The last']);
        expect(others[1]?.all('newChatRoom').map(({ roomName }) => roomName)).toEqual(['Elsewhere']);
        for (const line of others) line.close();
      }));

    test(`${transport}: numeric ids get an error naming the field, and the connection stays open`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, , adas] = both(people, lines);
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
          adas.heard.length = 0;
          adas.emit(event, data);
          const error = await adas.hears('error');
          expect([event, error.code, error.fields?.[0]?.field]).toEqual([event, code, field]);
        }
        adas.emit('sendMessage', { roomId: room.id, content: 'still here' });
        await adas.hears('newMessage', { content: 'still here' });
      }));

    test(`${transport}: members of other organizations cannot join, write or create rooms`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, , adas] = both(people, lines);
        const [eve] = await colleagues('eve');
        if (!eve) return expect.fail('nobody');
        expect(await code(call(eve, 'GET', `/api/v1/rooms/${room.id}`))).toEqual([404, 'room_not_found']);
        const eves = await connect(target().gateways[1], eve.token);
        eves.emit('joinRoom', { roomId: room.id, userId: eve.id });
        await eves.hears('error', { code: 'room_not_found' });
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
}
