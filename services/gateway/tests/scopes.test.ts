import { type ClientEvent, clientEvents, eventScopes, type Scope } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected, type Gateway, type Person, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway();
});
afterAll(() => world.stop());

const connect = async (user: Person, scopes: Scope[], more: { roomIds?: string[]; keyId?: string } = {}) => {
  const sessionId = newId();
  const token = world.auth.token({ ...user, sessionId, grant: { scopes, ...more } });
  const client = world.client(gateway.url, { auth: { token, style: 'snake_case' } });
  await connected(client.socket);
  return client;
};

test('a connection requires the scope messages:read, and an acting user', async () => {
  await expect(connect(person('ada'), ['messages:send'])).rejects.toMatchObject({
    data: { code: 'insufficient_scope' },
  });
  const keyId = newId();
  const key = { userId: keyId, username: 'key' };
  await expect(connect(key, ['messages:read'], { keyId })).rejects.toMatchObject({
    data: { code: 'insufficient_scope' },
  });
});

test('every event requires its scope', async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  const message = await (await world.join(gateway, ada, room)).emit('send_message', {
    roomId: room.id,
    content: 'x',
  });
  const payloads: Record<ClientEvent, object> = {
    join_room: { roomId: room.id },
    enter_room: { roomId: room.id },
    join_rooms: {},
    resume: { rooms: [{ roomId: room.id, seq: 0 }] },
    leave_room: { roomId: room.id },
    send_message: { roomId: room.id, content: 'x' },
    edit_message: { roomId: room.id, messageId: message.id, content: 'y' },
    delete_message: { roomId: room.id, messageId: message.id },
    react_message: { roomId: room.id, messageId: message.id, reaction: '👍' },
    pin_message: { roomId: room.id, messageId: message.id },
    message_read: { roomId: room.id },
    read_thread: { roomId: room.id, messageId: message.id },
    typing: { roomId: room.id },
    refresh_token: { token: 'nonsense' },
    get_room_users: { roomId: room.id },
    create_chat_room: { roomId: null, name: 'New' },
  };
  const scopes: Scope[] = ['messages:send', 'rooms:read', 'rooms:write'];
  for (const more of [[], ...scopes.map((scope) => [scope])]) {
    const client = await connect(ada, ['messages:read', ...more]);
    const refused: string[] = [];
    for (const event of Object.keys(clientEvents) as ClientEvent[]) {
      const { ok, error } = await client.ask(event, payloads[event]);
      if (!ok && error.code === 'insufficient_scope') refused.push(event);
    }
    const allowed = ['any', 'messages:read', ...more];
    expect(refused).toEqual(
      Object.entries(eventScopes).flatMap(([event, scope]) => (allowed.includes(scope) ? [] : [event])),
    );
    client.socket.disconnect();
  }
});

test('a connection that is limited to rooms sends to and receives from no other', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const inside = await world.room([ada, bob]);
  const outside = await world.room([ada, bob]);
  const client = await connect(ada, ['messages:read', 'messages:send'], { roomIds: [inside.id] });
  await client.emit('join_room', { roomId: inside.id });
  const codes = [
    await client.ask('join_room', { roomId: outside.id }),
    await client.ask('send_message', { roomId: outside.id, content: 'x' }),
    await client.ask('send_message', { receiver_id: bob.userId, content: 'x' }),
    await client.ask('join_rooms', {}),
    await client.ask('resume', { rooms: [{ roomId: outside.id, seq: 0 }] }),
    await client.ask('react_message', { messageId: newId(), reaction: '👍' }),
  ].map(({ error }) => error?.code);
  expect(codes).toEqual(codes.map(() => 'insufficient_scope'));
  const bobs = await world.join(gateway, bob, outside);
  await bobs.emit('join_room', { roomId: inside.id });
  // Direct messages reach every connection of their user, but not this one.
  await bobs.emit('send_message', { receiver_id: ada.userId, content: 'private' });
  await bobs.emit('send_message', { roomId: outside.id, content: 'elsewhere' });
  await bobs.emit('send_message', { roomId: inside.id, content: 'here' });
  const received = await waitFor(client, 'receive_message', 1);
  expect(received.map(({ content }) => content)).toEqual(['here']);
});

test('when a key is revoked, the connections of all its sessions close, and no others', async () => {
  const ada = person('ada');
  const keyId = newId();
  const closing = [
    await connect(ada, ['messages:read'], { keyId }),
    await connect(person('bob'), ['messages:read'], { keyId }),
  ];
  const staying = [await connect(ada, ['messages:read']), await world.connect(gateway, ada)];
  const until = new Date(Date.now() + 60_000).toISOString();
  await world.publish('session.revoked', { userId: keyId, sessionId: keyId, reason: 'revoked', until });
  for (const { socket } of closing)
    await eventually(() => expect(socket.connected).toBe(false), { timeoutMs: 1_000 });
  expect(staying.map(({ socket }) => socket.connected)).toEqual([true, true]);
  await expect(connect(ada, ['messages:read'], { keyId })).rejects.toMatchObject({
    data: { code: 'session_revoked' },
  });
});

test('a connection with scopes is not extended by a token without, nor by one of another key', async () => {
  const ada = person('ada');
  const sessionId = newId();
  const keyId = newId();
  const grant = { scopes: ['messages:read'] as const, keyId };
  const token = world.auth.token({ ...ada, sessionId, grant });
  const client = world.client(gateway.url, { auth: { token } });
  await connected(client.socket);
  const codes: string[] = [];
  for (const renewed of [
    {},
    { grant: { ...grant, keyId: newId() } },
    { grant: { ...grant, scopes: [] } },
    { grant },
  ]) {
    const { error } = await client.ask('refresh_token', {
      token: world.auth.token({ ...ada, sessionId, ...renewed }),
    });
    codes.push(error?.code ?? 'extended');
  }
  expect(codes).toEqual(['identity_mismatch', 'identity_mismatch', 'insufficient_scope', 'extended']);
});
