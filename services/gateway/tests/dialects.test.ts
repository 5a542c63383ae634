import type { ClientContract, RoomState } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, type Person, person, World, waitFor } from './gateway-harness.ts';
import { type ListenOptions, openListener } from './listener.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway()];
});
afterAll(() => world.stop());

const listen = (who: Person, { gateway = second, ...options }: ListenOptions & { gateway?: Gateway } = {}) =>
  openListener(world, gateway, who, options);

/** A client already in the room, which sends. */
const speaker = (who: Person, room: RoomState) => world.join(first, who, room);
const isOf = {
  snake_case: /^[a-z]+(_[a-z]+)*$/,
  camelCase: /^[a-z]+([A-Z][a-z]+)*$/,
  'kebab-case': /^[a-z]+(-[a-z]+)*$/,
};

const ofContract = [
  ['rooms', 'receive_message', 'snake_case'],
  ['direct', 'receive_message', 'snake_case'],
  ['conversations', 'newMessage', 'camelCase'],
  ['organizations', 'newMessage', 'camelCase'],
  ['groups', 'receive-message', 'kebab-case'],
] as const;

describe.each(['Socket.IO', 'WebSocket'] as const)('over %s', (transport) => {
  test.each(ofContract)(
    'a silent %s client receives %s, and nothing in another dialect',
    async (contract, event, dialect) => {
      const [ada, bob] = [person('ada'), person('bob')];
      const direct = await world.room([ada, bob], { kind: 'direct', name: null });
      const bobs = await listen(bob, { contract, transport });
      const adas = await speaker(ada, direct);
      await adas.emit('send_message', { roomId: direct.id, content: 'psst' });
      await eventually(() => expect(bobs.named(event)).toMatchObject([{ content: 'psst' }]));
      expect(bobs.received.filter((one) => !isOf[dialect].test(one.event))).toEqual([]);
    },
  );

  test('a client of unknown dialect receives events once per dialect, then in its own only', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const direct = await world.room([ada, bob], { kind: 'direct', name: null });
    const bobs = await listen(bob, { transport });
    const adas = await speaker(ada, direct);
    await adas.emit('send_message', { roomId: direct.id, content: 'one' });
    await eventually(() => {
      for (const event of ['receive_message', 'newMessage', 'receive-message'])
        expect(bobs.named(event)).toMatchObject([{ content: 'one' }]);
    });
    bobs.send('make-coffee', {});
    await eventually(() =>
      expect(bobs.named('error')).toMatchObject([{ code: 'not_found', type: 'NOT_FOUND' }]),
    );
    bobs.send('joinConversation', direct.id);
    await eventually(() => expect(bobs.named('roomJoined')).toHaveLength(1));
    await adas.emit('send_message', { roomId: direct.id, content: 'two' });
    await eventually(() =>
      expect(bobs.named('newMessage').map(({ content }) => content)).toEqual(['one', 'two']),
    );
    expect([...bobs.named('receive_message'), ...bobs.named('receive-message')]).toHaveLength(2);
  });

  test.each([
    ['conversations', 'newMessage'],
    ['groups', 'receive-message'],
    ['direct', 'receive_message'],
  ] as const)(
    'every connection of a %s client receives the messages of all present and future rooms',
    async (contract, event) => {
      const [ada, bob] = [person('ada'), person('bob')];
      const rooms = [await world.room([ada, bob]), await world.room([ada, bob])];
      const devices = [
        await listen(bob, { contract, transport }),
        await listen(bob, { contract, transport, gateway: first }),
        await listen(ada, { contract, transport }),
      ];
      const adas = await world.connect(first, ada);
      for (const [index, { id: roomId }] of rooms.entries())
        await adas.emit('send_message', { roomId, content: `in ${index}` });
      const later = await world.room([ada, bob]);
      await adas.emit('send_message', { roomId: later.id, content: 'in a new one' });
      for (const device of devices) {
        const contents = () => device.named(event).map(({ content }) => content);
        await eventually(() => expect(contents().sort()).toEqual(['in 0', 'in 1', 'in a new one']));
      }
    },
  );

  test.each(['rooms', 'organizations'] as const)(
    'a %s client receives the messages of the rooms that it joins',
    async (contract) => {
      const [ada, bob] = [person('ada'), person('bob')];
      const [joined, other] = [await world.room([ada, bob]), await world.room([ada, bob])];
      const bobs = await listen(bob, { contract, transport });
      bobs.send(contract === 'rooms' ? 'join_room' : 'joinRoom', { roomId: joined.id });
      await eventually(() =>
        expect(bobs.named(contract === 'rooms' ? 'room_joined' : 'roomJoined')).toHaveLength(1),
      );
      const adas = await world.connect(first, ada);
      await adas.emit('send_message', { roomId: other.id, content: 'elsewhere' });
      await adas.emit('send_message', { roomId: joined.id, content: 'here' });
      await eventually(() =>
        expect(
          bobs.named(contract === 'rooms' ? 'receive_message' : 'newMessage').map(({ content }) => content),
        ).toEqual(['here']),
      );
    },
  );
});

test('an event of only one other dialect switches the connection to it, once', async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  const adas = await listen(ada, { contract: 'rooms' });
  adas.send('joinRoom', { roomId: room.id, userId: ada.userId });
  await eventually(() => expect(adas.named('roomJoined')).toHaveLength(1));
  adas.send('join_room', { roomId: room.id });
  await eventually(() => expect(adas.named('error')).toMatchObject([{ code: 'not_found' }]));
  adas.send('sendMessage', { roomId: room.id, content: 'still camelCase' });
  await eventually(() => expect(adas.named('newMessage')).toHaveLength(1));
});

test('a client that becomes kebab-case by its events receives all rooms from then on', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const [joined, other] = [await world.room([ada, bob]), await world.room([ada, bob])];
  const bobs = await listen(bob, { contract: 'rooms' });
  bobs.send('join-group', joined.id);
  await eventually(() => expect(bobs.named('joined-group')).toHaveLength(1));
  const adas = await world.connect(first, ada);
  await eventually(async () => {
    await adas.emit('send_message', { roomId: other.id, content: 'elsewhere' });
    expect(bobs.named('receive-message').length).toBeGreaterThan(0);
  });
});

test('a dialect that the client states is final, whatever its contract', async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  for (const transport of ['Socket.IO', 'WebSocket'] as const) {
    const adas = await listen(ada, { contract: 'groups', dialect: 'camelCase', transport });
    adas.send('join-group', room.id);
    await eventually(() => expect(adas.named('error')).toMatchObject([{ code: 'not_found' }]));
    adas.send('joinConversation', room.id);
    await eventually(() => expect(adas.named('roomJoined')).toHaveLength(1));
  }
});

test('conversations: joining adds userTyping and leaving stops it; newMessage always arrives', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const group = await world.room([ada, bob]);
  const direct = await world.room([ada, bob], { kind: 'direct', name: null });
  const bobs = await listen(bob, { contract: 'conversations' });
  const adas = await world.connect(first, ada);
  for (const { id: roomId } of [direct, group]) {
    await adas.emit('typing', { roomId });
    await adas.emit('send_message', { roomId, content: 'unseen' });
  }
  await eventually(() => expect(bobs.named('newMessage')).toHaveLength(2));
  expect(bobs.named('userTyping')).toEqual([]);
  for (const { id: roomId } of [direct, group]) {
    await adas.emit('join_room', { roomId });
    bobs.send('joinConversation', roomId);
    await eventually(() => expect(bobs.named('roomJoined').at(-1)).toMatchObject({ conversationId: roomId }));
    await adas.emit('typing', { roomId });
    await eventually(() =>
      expect(bobs.named('userTyping').at(-1)).toEqual({
        userId: ada.userId,
        conversationId: roomId,
        isTyping: true,
      }),
    );
    await adas.emit('typing', { roomId, isTyping: false });
    await eventually(() => expect(bobs.named('userTyping').at(-1)).toMatchObject({ isTyping: false }));
    bobs.send('leaveConversation', roomId);
  }
  // Leaving a direct room is not announced. It was left before the group.
  await waitFor(adas, 'user_left', 1);
  const typed = bobs.named('userTyping').length;
  for (const { id: roomId } of [direct, group]) {
    await adas.emit('typing', { roomId });
    await adas.emit('send_message', { roomId, content: 'left' });
  }
  await eventually(() => expect(bobs.named('newMessage')).toHaveLength(4));
  expect(bobs.named('userTyping')).toHaveLength(typed);
});

test('conversations: messageStatus reaches every connection of all participants, joined or not', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const group = await world.room([ada, bob]);
  const devices = [
    await listen(ada, { contract: 'conversations', gateway: first }),
    await listen(bob, { contract: 'conversations' }),
  ];
  const bobs = await world.connect(second, bob);
  const adas = await world.connect(first, ada);
  const { id: messageId } = await adas.emit('send_message', { roomId: group.id, content: 'read me' });
  await bobs.emit('message_read', { roomId: group.id, messageId });
  for (const device of devices) {
    await eventually(() =>
      expect(device.named('messageStatus')).toEqual([{ messageId, userId: bob.userId, status: 'read' }]),
    );
  }
});

test("another user's id is refused in any field and dialect, including a bare string", async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  const forged: [ClientContract, string, unknown][] = [
    ['rooms', 'join_room', { roomId: room.id, userId: newId() }],
    ['direct', 'send_message', { to: newId(), message: 'x', sender_id: newId() }],
    ['organizations', 'typing', { roomId: room.id, userId: 7 }],
    ['organizations', 'newChatRoom', { roomName: 'x', invitedUsers: [], created_by: newId() }],
    ['conversations', 'joinConversation', { conversationId: room.id, user_id: newId() }],
    ['groups', 'join', newId()],
    ['groups', 'join', 'user_id_here'],
    ['groups', 'send-message', { sender_id: newId(), receiver_id: room.id, is_group: true, content: 'x' }],
  ];
  for (const [contract, event, data] of forged) {
    const adas = await listen(ada, { contract });
    adas.send(event, data);
    await eventually(() =>
      expect([event, adas.named('error')]).toMatchObject([
        event,
        [{ code: 'identity_mismatch', type: 'IDENTITY_MISMATCH' }],
      ]),
    );
  }
  expect(world.writer.timeline(room.id)).toEqual([]);
});
