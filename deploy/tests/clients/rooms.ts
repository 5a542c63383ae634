import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { socketIoReleases } from './libraries.ts';
import { createPrograms, type Program } from './program.ts';
import { withPython } from './python.ts';

interface Person {
  id: string;
  username: string;
  client: Program;
}

/** The clients of `rooms.md`. */
export function roomsClients(target: () => Target): void {
  const start = createPrograms();
  const open = async (name: string, release = 'socket.io-client'): Promise<Person> => {
    const username = `${name}-${randomUUID().slice(0, 8)}`;
    const client = await start('rooms-client.mjs', [target().url, username], { SOCKET_IO_CLIENT: release });
    const [user] = await Promise.all([client.prints('user'), client.prints('connect')]);
    return { id: user.id, username, client };
  };
  /** A public room. All members have joined and emitted `join_room`, one after the other. */
  const inRoom = async (owner: Person, ...others: Person[]): Promise<string> => {
    const { id } = await owner.client.act('create', 'garden', false);
    for (const person of [owner, ...others]) {
      if (person !== owner) await person.client.act('become', id);
      await person.client.act('join', id);
      await person.client.prints('room_joined', { roomId: id });
    }
    return id;
  };

  test('rooms: `receive_message` reaches the room, sender included, for every release', async () => {
    const [oldest, ...newer] = socketIoReleases;
    const [owner, ...others] = await Promise.all([
      open('owner', oldest),
      ...newer.map((release) => open('other', release)),
    ]);
    const people = [owner, ...others];
    const roomId = await inRoom(owner, ...others);
    for (const { client, id, username } of people) {
      await client.act('send', roomId, `from ${username}`);
      for (const other of people) {
        const message = await other.client.prints('receive_message', { content: `from ${username}` });
        expect(message).toMatchObject({ roomId, userId: id, username });
        expect(Object.keys(message)).toEqual(expect.arrayContaining(['id', 'createdAt', 'timestamp']));
      }
    }
    for (const { client } of people) {
      expect(client.all('receive_message')).toHaveLength(people.length);
      expect(client.all('open')).toEqual([{ transport: 'polling' }]);
      await client.prints('upgrade', { transport: 'websocket' });
    }
  });

  withPython('rooms, python-socketio: a bot joins a room and answers a Node client in it', async () => {
    const ada = await open('ada');
    const roomId = await inRoom(ada);
    const bot = await start('rooms-listener.py', [target().url, `bot-${randomUUID().slice(0, 8)}`, roomId]);
    await bot.prints('room_joined', { roomId });
    await ada.client.act('send', roomId, 'ping');
    await ada.client.prints('receive_message', { content: 'pong' });
    await bot.prints('receive_message', { content: 'pong' });
  });

  test('rooms: the sixth message in 10 seconds gets RATE_LIMIT and is not stored, from any tab', async () => {
    const [ada, bob] = await Promise.all([open('ada'), open('bob')]);
    const roomId = await inRoom(ada, bob);
    for (const content of ['1', '2', '3', '4', '5', '6']) await ada.client.act('send', roomId, content);
    const error = await ada.client.prints('error', { type: 'RATE_LIMIT' });
    expect(error).toMatchObject({ message: expect.any(String), retryAfterMs: expect.any(Number) });
    await bob.client.act('send', roomId, 'not my limit');
    await ada.client.prints('receive_message', { content: 'not my limit' });
    const contents = (await bob.client.act('history', roomId)).messages.map(({ content }: Json) => content);
    expect(contents).toEqual(['1', '2', '3', '4', '5', 'not my limit']);
  });

  test('rooms: `join_room` and `leave_room` notify the others; `get_room_users` answers', async () => {
    const [ada, bob] = await Promise.all([open('ada'), open('bob')]);
    const roomId = await inRoom(ada, bob);
    const expected = { userId: bob.id, username: bob.username, roomId };
    await ada.client.prints('user_joined', { ...expected, type: 'permanent' });
    expect(await ada.client.prints('user_joined', { ...expected, type: 'temporary' })).toMatchObject({
      timestamp: expect.any(String),
    });
    await ada.client.act('users', roomId);
    const { users } = await ada.client.prints('room_users', { roomId });
    const online = [ada, bob].map(({ id, username }) => ({ userId: id, username, isOnline: true }));
    expect(users).toEqual(expect.arrayContaining(online));
    await bob.client.act('leave', roomId);
    await ada.client.prints('user_left', { ...expected, type: 'temporary' });
    await ada.client.act('send', roomId, 'gone?');
    await ada.client.prints('receive_message', { content: 'gone?' });
    expect(bob.client.all('receive_message')).toEqual([]);
    await bob.client.act('quit', roomId);
    await ada.client.prints('user_left', { ...expected, type: 'permanent' });
  });

  test('rooms: `typing` → `user_typing` to the others, then false when the user stops', async () => {
    const [ada, bob] = await Promise.all([open('ada'), open('bob')]);
    const roomId = await inRoom(ada, bob);
    await bob.client.act('typing', roomId, true);
    for (const isTyping of [true, false]) {
      const seen = await ada.client.prints('user_typing', { roomId, isTyping });
      expect(seen).toMatchObject({ userId: bob.id, username: bob.username, timestamp: expect.any(String) });
    }
    expect(bob.client.all('user_typing')).toEqual([]);
  });

  test('rooms: `message_read` → `messages_read` and `message_status_updated`', async () => {
    const [ada, bob] = await Promise.all([open('ada'), open('bob')]);
    const roomId = await inRoom(ada, bob);
    await ada.client.act('send', roomId, 'read me');
    const { id: messageId } = await bob.client.prints('receive_message');
    await bob.client.act('seen', roomId, messageId);
    expect(await ada.client.prints('messages_read', { userId: bob.id, roomId })).toMatchObject({
      readAt: expect.any(String),
    });
    const updated = await ada.client.prints('message_status_updated', {
      messageId,
      status: 'read',
      readerId: bob.id,
    });
    expect(updated).toMatchObject({ timestamp: expect.any(String) });
  });

  test("rooms: `user_status` reaches members' connections, with or without `join_room`", async () => {
    const [ada, bob] = await Promise.all([open('ada'), open('bob')]);
    const { id } = await ada.client.act('create', 'garden', false);
    await bob.client.act('become', id);
    await ada.client.act('members', id);
    bob.client.close();
    const expected = { userId: bob.id, username: bob.username, status: 'offline' };
    await eventually(() => ada.client.prints('user_status', expected), { timeoutMs: 20_000 });
  });

  test('rooms: the twelve calls of its REST table work in order; `token` lasts for days', async () => {
    const [ada, bob] = await Promise.all([open('ada'), open('bob')]);
    const [claims] = ada.client.all('claims');
    expect(claims).toMatchObject({ id: ada.id, username: ada.username });
    expect(claims.exp - claims.iat).toBe(7 * 24 * 3_600);
    const { id: publicRoom } = await ada.client.act('create', 'public room', false);
    const { id: privateRoom } = await ada.client.act('create', 'private room', true);
    expect((await bob.client.act('room', publicRoom)).name).toBe('public room');
    expect((await ada.client.act('rooms')).rooms.map(({ id }: Json) => id)).toEqual(
      expect.arrayContaining([publicRoom, privateRoom]),
    );
    await bob.client.act('become', publicRoom);
    const { token } = await ada.client.act('invite', privateRoom);
    await bob.client.act('accept', token);
    const members = (await ada.client.act('members', privateRoom)).members.map(({ userId }: Json) => userId);
    expect([...members].sort()).toEqual([ada.id, bob.id].sort());
    expect((await bob.client.act('roomsOf', bob.id)).rooms.map(({ id }: Json) => id).sort()).toEqual(
      [publicRoom, privateRoom].sort(),
    );
    await bob.client.act('read', privateRoom);
    expect(await bob.client.act('history', privateRoom)).toMatchObject({
      messages: [],
      pagination: expect.any(Object),
    });
    expect(await bob.client.act('quit', privateRoom)).toMatchObject({
      success: true,
      message: expect.any(String),
    });
    await expect(ada.client.act('quit', privateRoom)).rejects.toThrow(/ 40[39] /);
  });
}
