import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, type Json, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway()];
});
afterAll(() => world.stop());

test('a message reaches every member on every gateway, sender included, as in the contract', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [adas, bobs] = [await world.join(first, ada, room), await world.join(second, bob, room)];
  const sent = await adas.emit('send_message', { roomId: room.id, content: 'Hello, Bob.', clientId: 'a-1' });
  expect(sent).toEqual({
    id: expect.any(String),
    seq: 1,
    roomId: room.id,
    clientId: 'a-1',
    createdAt: expect.any(String),
  });
  for (const client of [adas, bobs]) {
    expect(await waitFor(client, 'receive_message', 1)).toEqual([
      {
        ...{ id: sent.id, roomId: room.id, seq: 1, ...ada, content: 'Hello, Bob.', clientId: 'a-1' },
        ...{ replyTo: null, isEncrypted: false, createdAt: sent.createdAt, timestamp: sent.createdAt },
      },
    ]);
  }
});

test('edits, reactions, reads, deletions, joins and leaves arrive on both gateways', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  const room = await world.room([ada, bob]);
  const [adas, bobs] = [await world.join(first, ada, room), await world.join(second, bob, room)];
  const { id: messageId } = await adas.emit('send_message', { roomId: room.id, content: 'first' });
  expect(await adas.emit('edit_message', { roomId: room.id, messageId, content: 'second' })).toMatchObject({
    id: messageId,
    seq: 2,
  });
  expect(await bobs.emit('react_message', { roomId: room.id, messageId, reaction: '👍' })).toMatchObject({
    id: messageId,
    seq: 3,
  });
  expect(await bobs.emit('message_read', { roomId: room.id, messageId })).toMatchObject({
    roomId: room.id,
    seq: 1,
  });
  expect(await bobs.emit('message_read', { roomId: room.id })).toMatchObject({ roomId: room.id, seq: 3 });
  expect(await adas.emit('delete_message', { roomId: room.id, messageId })).toMatchObject({
    id: messageId,
    seq: 4,
  });
  await world.addMember(room, eve);
  await world.removeMember(room, eve);
  for (const client of [adas, bobs]) {
    await waitFor(client, 'user_left', 1);
    const timestamp = expect.any(String);
    expect(client.received('message_edited')).toEqual([
      { id: messageId, roomId: room.id, seq: 2, ...ada, content: 'second', editedAt: timestamp, timestamp },
    ]);
    expect(client.received('message_reaction')).toEqual([
      {
        messageId,
        roomId: room.id,
        seq: 3,
        ...bob,
        reaction: '👍',
        on: true,
        counts: { '👍': 1 },
        timestamp,
      },
    ]);
    // The second one arrives at the end of the second.
    expect(await waitFor(client, 'messages_read', 2)).toEqual([
      { ...bob, readAt: timestamp, roomId: room.id, seq: 1 },
      { ...bob, readAt: timestamp, roomId: room.id, seq: 3 },
    ]);
    expect(client.received('message_status_updated')).toEqual([
      { messageId, roomId: room.id, status: 'read', readerId: bob.userId, timestamp },
    ]);
    expect(client.received('message_deleted')).toEqual([
      { id: messageId, roomId: room.id, seq: 4, deletedAt: timestamp, timestamp },
    ]);
    expect(client.received('user_joined').filter(({ userId }: Json) => userId === eve.userId)).toEqual([
      { ...eve, roomId: room.id, seq: 5, type: 'permanent', timestamp },
    ]);
    expect(client.received('user_left')).toEqual([
      { ...eve, roomId: room.id, seq: 6, type: 'permanent', timestamp },
    ]);
  }
});

test('joining is for members, can be repeated, and answers the head of the room', async () => {
  const [ada, eve] = [person('ada'), person('eve')];
  const room = await world.room([ada]);
  const open = await world.room([ada], { kind: 'channel', isPrivate: false, name: 'open' });
  const adas = await world.join(first, ada, room);
  await adas.emit('send_message', { roomId: room.id, content: 'one' });
  await waitFor(adas, 'receive_message', 1);
  expect(await adas.emit('join_room', { roomId: room.id.toUpperCase() })).toEqual({
    roomId: room.id,
    seq: 1,
  });
  expect(adas.received('room_joined')).toEqual([
    { roomId: room.id, seq: 0 },
    { roomId: room.id, seq: 1 },
  ]);
  const eves = await world.connect(first, eve);
  const codes = [];
  for (const roomId of [room.id, open.id, newId()])
    codes.push((await eves.ask('join_room', { roomId })).error.code);
  expect(codes, 'private rooms appear not to exist').toEqual([
    'room_not_found',
    'not_authorized',
    'room_not_found',
  ]);
  for (const event of ['send_message', 'edit_message', 'typing', 'get_room_users', 'message_read'] as const) {
    const refused = await eves.ask(event, { roomId: room.id, messageId: newId(), content: 'let me in' });
    expect(refused, event).toMatchObject({ ok: false, error: { code: 'room_not_found', retryable: false } });
  }
});

test('a membership that the gateway does not know yet is asked for', async () => {
  const ada = person('ada');
  const room = await world.room([ada], { announce: false });
  const adas = await world.join(second, ada, room);
  expect((await adas.emit('send_message', { roomId: room.id, content: 'hi' })).seq).toBe(1);
});

test('leaving affects one connection; the membership stays', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [adas, phone, bobs] = [
    await world.join(first, ada, room),
    await world.join(first, ada, room),
    await world.join(second, bob, room),
  ];
  expect(await adas.emit('leave_room', { roomId: room.id })).toEqual({ roomId: room.id });
  expect(await adas.emit('leave_room', { roomId: room.id })).toEqual({ roomId: room.id });
  await bobs.emit('send_message', { roomId: room.id, content: 'still there?' });
  await waitFor(phone, 'receive_message', 1);
  await waitFor(bobs, 'receive_message', 1);
  expect(adas.received('receive_message')).toEqual([]);
  expect((await adas.emit('send_message', { roomId: room.id, content: 'yes' })).seq, 'still a member').toBe(
    2,
  );
});

test('typing reaches the others once; in a direct room, the other user without joining', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const direct = await world.room([ada, bob], { kind: 'direct', name: null });
  const [adas, bobs] = [await world.join(first, ada, room), await world.join(second, bob, room)];
  await adas.emit('typing', { roomId: room.id });
  await adas.emit('typing', { roomId: room.id, isTyping: true });
  await adas.emit('typing', { roomId: room.id, isTyping: false });
  await adas.emit('typing', { roomId: direct.id, isTyping: true });
  const typingEvent = (roomId: string, isTyping: boolean) => ({
    ...ada,
    roomId,
    isTyping,
    timestamp: expect.any(String),
  });
  const typed = await waitFor(bobs, 'user_typing', 3);
  expect(typed).toEqual([
    typingEvent(room.id, true),
    typingEvent(room.id, false),
    typingEvent(direct.id, true),
  ]);
  expect(adas.received('user_typing')).toEqual([]);
});

test('get_room_users answers the members and which of them are online', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  const room = await world.room([ada, bob, eve]);
  const adas = await world.connect(first, ada);
  await world.connect(second, bob);
  const expected = {
    roomId: room.id,
    users: [
      { ...ada, isOnline: true },
      { ...bob, isOnline: true },
      { ...eve, isOnline: false },
    ],
  };
  await eventually(async () =>
    expect(await adas.emit('get_room_users', { roomId: room.id })).toEqual(expected),
  );
  expect(adas.received('room_users').at(-1)).toEqual(expected);
});

test('a direct message reaches every connection of both users once, joined or not', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  const room = await world.room([ada, bob], { kind: 'direct', name: null });
  const devices = [
    await world.connect(first, ada),
    await world.connect(first, bob),
    await world.join(second, bob, room),
  ];
  const eves = await world.connect(second, eve);
  for (const content of ['psst', 'are you there?'])
    await devices[0]?.emit('send_message', { roomId: room.id, content });
  await devices[1]?.emit('message_read', { roomId: room.id });
  for (const device of devices) {
    await waitFor(device, 'messages_read', 1);
    expect(device.received('receive_message').map(({ content }: Json) => content)).toEqual([
      'psst',
      'are you there?',
    ]);
    expect(device.received('messages_read')).toHaveLength(1);
  }
  expect(eves.events).toEqual([]);
});

test('a notification reaches only the connections of its user', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const [phone, laptop, bobs] = [
    await world.connect(first, ada),
    await world.connect(second, ada),
    await world.connect(second, bob),
  ];
  const now = new Date().toISOString();
  const notification = {
    ...{ id: newId(), type: 'system' as const, title: 'Hello', content: 'World', metadata: {} },
    ...{ isRead: false, createdAt: now, updatedAt: now },
  };
  await world.publish('notification.created', { userId: ada.userId, notification });
  for (const client of [phone, laptop])
    expect(await waitFor(client, 'notification', 1)).toEqual([notification]);
  expect(bobs.received('notification')).toEqual([]);
});

test('an error without an acknowledgement arrives as the event `error`', async () => {
  const adas = await world.connect(first, person('ada'));
  adas.send('join_room', { roomId: newId() });
  expect(await waitFor(adas, 'error', 1)).toMatchObject([
    { code: 'room_not_found', type: 'ROOM_NOT_FOUND', message: expect.any(String) },
  ]);
});
