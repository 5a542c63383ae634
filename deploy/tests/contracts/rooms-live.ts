import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { nobody } from './cast.ts';
import { connectSocketIo } from './connections.ts';
import type { RoomsCast } from './rooms-cast.ts';

/** The events of `rooms.md`, row by row. */
export function roomsLive({ target, must, refusal, register, make, enter, connect }: RoomsCast): void {
  test('the socket requires auth: {token}', async () => {
    await expect(connectSocketIo(target().gateways[0], '')).rejects.toThrow();
    await expect(connectSocketIo(target().gateways[1], 'x.y.z')).rejects.toThrow();
  });

  test('join_room {roomId}: for members; answered with room_joined {roomId}', async () => {
    const [ada, eve] = [await register('ada'), await register('eve')];
    const id = await make(ada);
    await enter(ada, id);
    const stranger = await connect(eve, 1);
    stranger.emit('join_room', { roomId: id });
    expect(await stranger.receives('error', { type: 'NOT_AUTHORIZED' })).toMatchObject({
      message: expect.any(String),
    });
    stranger.emit('join_room', { roomId: nobody });
    await stranger.receives('error', { type: 'ROOM_NOT_FOUND' });
    stranger.emit('join_room', { roomId: 1 });
    await stranger.receives('error', { type: 'VALIDATION_FAILED' });
    expect(stranger.all('room_joined')).toEqual([]);
  });

  test('send_message {roomId, content} → receive_message to the room, sender included', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const seats = [await enter(ada, id, 0), await enter(bob, id, 1)];
    seats[0]?.emit('send_message', { roomId: id, content: 'hello', clientId: 'k-1' });
    for (const seat of seats) {
      const message = await seat.receives('receive_message', { content: 'hello' });
      expect(message).toMatchObject({
        roomId: id,
        userId: ada.id,
        username: ada.username,
        clientId: 'k-1',
        seq: expect.any(Number),
      });
      expect([
        typeof message.id,
        Date.parse(message.createdAt) > 0,
        Date.parse(message.timestamp) > 0,
      ]).toEqual(['string', true, true]);
    }
  });

  test('a blank message, or one over 10,000 characters, is refused over REST and socket', async () => {
    const ada = await register('ada');
    const id = await make(ada);
    const seat = await enter(ada, id);
    for (const [count, content] of ['', '   ', 'x'.repeat(10_001)].entries()) {
      expect(await refusal(ada, 'POST', `/rooms/${id}/messages`, { content })).toEqual([
        422,
        'validation_failed',
      ]);
      seat.emit('send_message', { roomId: id, content });
      await eventually(() =>
        expect(seat.all('error').map(({ type }) => type)).toEqual(Array(count + 1).fill('VALIDATION_FAILED')),
      );
    }
    expect((await must(ada, 'GET', `/rooms/${id}/messages`)).messages).toEqual([]);
    expect(seat.all('receive_message')).toEqual([]);
  });

  test('message_read {messageId, roomId} → messages_read and message_status_updated', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const [adas, bobs] = [await enter(ada, id, 0), await enter(bob, id, 1)];
    const { id: messageId } = await must(ada, 'POST', `/rooms/${id}/messages`, { content: 'hello' });
    bobs.emit('message_read', { messageId, roomId: id });
    const { readAt } = await adas.receives('messages_read', { userId: bob.id, roomId: id });
    expect(Date.parse(readAt)).toBeGreaterThan(0);
    expect(await adas.receives('message_status_updated', { messageId })).toMatchObject({
      status: 'read',
      readerId: bob.id,
      timestamp: expect.any(String),
    });
    bobs.emit('message_read', { messageId: nobody, roomId: id });
    await bobs.receives('error', { type: 'MESSAGE_NOT_FOUND' });
  });

  test('a member who leaves and joins again is in the room at once, on every gateway', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const adas = await enter(ada, id, 0);
    const seats = [await enter(bob, id, 0), await enter(bob, id, 1)];
    for (let attempt = 1; attempt <= 10; attempt++) {
      await must(bob, 'POST', `/rooms/${id}/leave`);
      await must(bob, 'POST', `/rooms/${id}/join`);
      for (const seat of seats) seat.emit('join_room', { roomId: id });
      for (const seat of seats)
        await eventually(() => expect(seat.all('room_joined')).toHaveLength(attempt + 1));
    }
    await must(bob, 'GET', `/rooms/${id}/messages`);
    adas.emit('send_message', { roomId: id, content: 'still here?' });
    for (const seat of seats) {
      await seat.receives('receive_message', { content: 'still here?' });
      expect(seat.all('error')).toEqual([]);
    }
  });

  test('typing → user_typing {userId, username, roomId, isTyping, timestamp}, to the others', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const [adas, bobs] = [await enter(ada, id, 0), await enter(bob, id, 1)];
    for (const isTyping of [true, false]) {
      adas.emit('typing', { roomId: id, isTyping });
      expect(await bobs.receives('user_typing', { isTyping })).toMatchObject({
        userId: ada.id,
        username: ada.username,
        roomId: id,
        timestamp: expect.any(String),
      });
    }
    expect(adas.all('user_typing')).toEqual([]);
  });

  test('the others get user_joined for the first tab, and user_left when the last one ends', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const adas = await enter(ada, id, 0);
    const passages = () =>
      adas.received.flatMap(({ event, data }) =>
        data?.userId === bob.id && data.type === 'temporary' ? [event] : [],
      );
    const [phone, laptop] = [await enter(bob, id, 1), await enter(bob, id, 0)];
    const notice = {
      userId: bob.id,
      username: bob.username,
      roomId: id,
      type: 'temporary',
      timestamp: expect.any(String),
    };
    expect(await adas.receives('user_joined', { userId: bob.id, type: 'temporary' })).toEqual(notice);
    phone.emit('leave_room', { roomId: id });
    phone.emit('get_room_users', { roomId: id });
    await phone.receives('room_users');
    expect(passages()).toEqual(['user_joined']);
    laptop.emit('leave_room', { roomId: id });
    expect(await adas.receives('user_left', { userId: bob.id })).toEqual(notice);
    phone.emit('join_room', { roomId: id });
    await eventually(() => expect(passages()).toEqual(['user_joined', 'user_left', 'user_joined']));
    phone.close();
    await eventually(() =>
      expect(passages()).toEqual(['user_joined', 'user_left', 'user_joined', 'user_left']),
    );
    // His membership is announced to all, whenever it is stored; his tabs only to the others.
    const told = phone.all('user_joined').filter(({ type }) => type === 'temporary');
    expect(told.filter(({ userId }) => userId === bob.id)).toEqual([]);
  });

  test('user_typing false follows a send, leave or disconnect, or a few seconds of silence', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const adas = await enter(ada, id, 0);
    const bobs = await enter(bob, id, 1);
    const endings: (() => unknown)[] = [
      () => bobs.emit('send_message', { roomId: id, content: 'done' }),
      () => undefined,
      () => bobs.emit('leave_room', { roomId: id }),
      () => bobs.close(),
    ];
    for (const end of endings) {
      adas.received.length = 0;
      bobs.emit('typing', { roomId: id, isTyping: true });
      await adas.receives('user_typing', { userId: bob.id, isTyping: true });
      end();
      await adas.receives('user_typing', {
        userId: bob.id,
        username: bob.username,
        roomId: id,
        isTyping: false,
      });
      expect(adas.all('user_typing').map(({ isTyping }) => isTyping)).toEqual([true, false]);
    }
  });

  test('leave_room {roomId} stops real-time updates on this connection alone', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const [phone, laptop] = [await enter(bob, id, 1), await enter(bob, id, 0)];
    phone.emit('leave_room', { roomId: id });
    phone.emit('get_room_users', { roomId: id });
    await phone.receives('room_users');
    await must(ada, 'POST', `/rooms/${id}/messages`, { content: 'who is there?' });
    await laptop.receives('receive_message', { content: 'who is there?' });
    expect(phone.all('receive_message')).toEqual([]);
    expect((await must(bob, 'GET', `/rooms/${id}/members`)).members).toHaveLength(2);
  });

  test('get_room_users {roomId} → room_users {roomId, users: [{userId, username, isOnline}]}', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const id = await make(ada, bob);
    const seat = await enter(ada, id);
    seat.emit('get_room_users', { roomId: id });
    const { users } = await seat.receives('room_users', { roomId: id });
    expect([...users].sort((one: Json, other: Json) => (one.username < other.username ? -1 : 1))).toEqual([
      { userId: ada.id, username: ada.username, isOnline: true },
      { userId: bob.id, username: bob.username, isOnline: false },
    ]);
    const stranger = await connect(eve);
    stranger.emit('get_room_users', { roomId: id });
    await stranger.receives('error', { type: 'NOT_AUTHORIZED' });
  });

  test('user_status goes only to people who share a room, with or without join_room', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    await make(ada, bob);
    const seat = await connect(ada);
    const stranger = await connect(eve);
    const bobs = await connect(bob, 1);
    expect(await seat.receives('user_status', { userId: bob.id, status: 'online' })).toMatchObject({
      username: bob.username,
      timestamp: expect.any(String),
    });
    bobs.close();
    await eventually(
      () => expect(seat.all('user_status').map(({ status }) => status)).toEqual(['online', 'offline']),
      {
        timeoutMs: 20_000,
      },
    );
    expect(stranger.all('user_status').filter(({ userId }) => userId === bob.id)).toEqual([]);
  });
}
