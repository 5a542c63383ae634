import { eventually } from '@parley/testkit';
import { io } from 'socket.io-client';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Person } from './cast.ts';
import type { ConversationsCast } from './conversations-cast.ts';

/** The events of `conversations.md`, and its rules about them. */
export function conversationsLive({
  target,
  must,
  register,
  direct,
  group,
  say,
  watch,
  connect,
}: ConversationsCast): void {
  test('socket: joinConversation (a bare id), sendMessage → newMessage', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await group(ada, bob);
    const [seatA, seatB] = [await watch(ada, id, 0), await watch(bob, id, 1)];
    seatA.emit('sendMessage', { content: 'hello', conversation_id: id });
    for (const seat of [seatA, seatB]) {
      expect(await seat.receives('newMessage', { content: 'hello' })).toMatchObject({
        message_id: expect.any(String),
        conversation_id: id,
        sender_id: ada.id,
        status: 'sent',
        is_edited: false,
        created_at: expect.any(String),
        updated_at: expect.any(String),
        deleted_at: null,
      });
    }
    seatA.emit('sendMessage', { content: '  ', conversation_id: id });
    await seatA.receives('error', { type: 'VALIDATION_FAILED' });
    const stranger = await connect(await register('eve'));
    stranger.emit('joinConversation', id);
    await stranger.receives('error', { type: 'ROOM_NOT_FOUND' });
  });

  test('socket: newMessage reaches every connection of every participant, joined or not', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const connections = [
      await connect(ada, 0),
      await connect(ada, 1),
      await connect(bob, 1),
      await connect(bob, 0),
    ];
    const stranger = await connect(eve);
    const left = await watch(bob, await group(ada, bob), 1);
    for (const conversation of [await group(ada, bob), await direct(ada, bob)]) {
      left.emit('joinConversation', conversation);
      await left.receives('roomJoined', { conversationId: conversation });
      left.emit('leaveConversation', conversation);
      connections[0]?.emit('sendMessage', { content: 'by socket', conversation_id: conversation });
      for (const connection of [...connections, left])
        await connection.receives('newMessage', { content: 'by socket', conversation_id: conversation });
      const { message_id } = await say(ada, conversation, 'by REST');
      for (const connection of [...connections, left]) {
        expect(await connection.receives('newMessage', { message_id })).toMatchObject({
          content: 'by REST',
          sender_id: ada.id,
          status: 'sent',
        });
      }
    }
    expect(stranger.all('newMessage')).toEqual([]);
  });

  test('socket: messageStatus goes to the author and the participants, joined or not', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const connections = [await connect(ada, 0), await connect(bob, 1), await connect(bob, 0)];
    for (const conversation of [await group(ada, bob), await direct(ada, bob)]) {
      const { message_id: messageId } = await say(ada, conversation, 'read me');
      for (const status of ['delivered', 'read']) {
        await must(bob, 'PUT', `/messages/${messageId}/status`, { status });
        for (const connection of connections)
          expect(await connection.receives('messageStatus', { messageId, status })).toEqual({
            messageId,
            userId: bob.id,
            status,
          });
      }
    }
  });

  test('socket: userTyping reaches only connections that have joined the conversation', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    for (const conversationId of [await group(ada, bob), await direct(ada, bob)]) {
      const [seat, elsewhere, typist] = [
        await watch(bob, conversationId, 1),
        await connect(bob, 1),
        await connect(ada, 0),
      ];
      typist.emit('typing', { conversationId, isTyping: true });
      await seat.receives('userTyping', { conversationId, isTyping: true });
      typist.emit('sendMessage', { conversation_id: conversationId, content: 'done' });
      await seat.receives('userTyping', { conversationId, isTyping: false });
      await elsewhere.receives('newMessage', { conversation_id: conversationId });
      expect(elsewhere.all('userTyping')).toEqual([]);
    }
  });

  test('socket: typing → userTyping {userId, conversationId, isTyping}, to the others', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const conversationId = await direct(ada, bob);
    const [seatA, seatB] = [await watch(ada, conversationId, 0), await watch(bob, conversationId, 1)];
    seatA.emit('typing', { conversationId, isTyping: true });
    expect(await seatB.receives('userTyping', { isTyping: true })).toEqual({
      userId: ada.id,
      conversationId,
      isTyping: true,
    });
    seatA.emit('typing', { conversationId, isTyping: false });
    await seatB.receives('userTyping', { isTyping: false });
    expect(seatA.all('userTyping')).toEqual([]);
  });

  test('socket: userStatus is offline only when the last connection has closed', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const seat = await watch(ada, await group(ada, bob));
    const [phone, laptop] = [await connect(bob, 0), await connect(bob, 1)];
    await seat.receives('userStatus', { userId: bob.id, status: 'online' });
    phone.close();
    await eventually(async () => expect((await must(ada, 'GET', `/users/${bob.id}`)).status).toBe('online'));
    expect(seat.all('userStatus').filter((one) => one.userId === bob.id)).toHaveLength(1);
    laptop.close();
    await eventually(() => expect(seat.all('userStatus').map((one) => one.status)).toContain('offline'));
    expect((await must(ada, 'GET', `/users/${bob.id}`)).status).toBe('offline');
  });

  test('socket: the root namespace needs a token and refuses a userId that differs from it', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const attempt = (auth: object, namespace = '') =>
      new Promise<string>((resolve) => {
        const socket = io(target().gateways[0] + namespace, {
          auth,
          transports: ['websocket'],
          forceNew: true,
          reconnection: false,
        });
        const done = (outcome: string) => {
          socket.disconnect();
          resolve(outcome);
        };
        socket.once('connect', () => done('connected'));
        socket.once('connect_error', (error: Error & { data?: { code?: string } }) =>
          done(error.data?.code ?? error.message),
        );
      });
    expect(await attempt({ userId: ada.id })).toBe('unauthenticated');
    expect(await attempt({ userId: bob.id, token: ada.token })).toBe('identity_mismatch');
    expect(await attempt({ userId: ada.id, token: ada.token })).toBe('connected');
    expect(await attempt({ userId: 7, token: ada.token })).toBe('identity_mismatch');
  });

  test('/notifications: a bad token gets the event error, then the disconnect', async () => {
    for (const auth of [{ token: 'x.y.z' }, {}]) {
      const socket = io(`${target().gateways[1]}/notifications`, {
        auth,
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      });
      const received: string[] = [];
      socket.on('error', (error: Json) => received.push(error.message));
      socket.on('disconnect', (reason) => received.push(reason));
      socket.onAny((event: string) => event !== 'error' && received.push(event));
      await eventually(() => expect(received).toEqual(['Authentication failed', 'io server disconnect']));
      socket.disconnect();
    }
  });

  test('/notifications: notifications:connected, then each new notification', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const connection = await connect(bob, 1, '/notifications');
    expect(await connection.receives('notifications:connected')).toEqual({ status: 'connected' });
    const conversation_id = await direct(ada, bob);
    await say(ada, conversation_id, 'psst');
    const notification = await connection.receives('notification', { type: 'message' });
    expect([notification]).toEqual(await must(bob, 'GET', '/notifications'));
    expect(notification.metadata).toMatchObject({
      conversation_id,
      message_preview: 'psst',
      sender_id: ada.id,
    });
  });

  test('message notifications: one unread row per person and conversation, with a count', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await group(ada, bob);
    await say(ada, id, 'one');
    await say(ada, id, 'two');
    const messages = async (who: Person) =>
      (await must(who, 'GET', '/notifications/unread')).filter((one: Json) => one.type === 'message');
    await eventually(async () =>
      expect(await messages(bob)).toMatchObject([{ metadata: { message_preview: 'two', count: 2 } }]),
    );
    expect(await messages(ada)).toEqual([]);
  });

  test('message notifications: only for people who do not have the conversation open', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const id = await group(ada, bob, eve);
    const seat = await watch(bob, id, 1);
    const readTo = async (who: Person) =>
      (await must(who, 'GET', '/notifications/unread'))
        .filter((one: Json) => one.type === 'message')
        .map((one: Json) => one.metadata.message_preview);
    await say(ada, id, 'before their eyes');
    await eventually(async () => expect(await readTo(eve)).toEqual(['before their eyes']));
    expect(await readTo(bob)).toEqual([]);
    seat.emit('leaveConversation', id);
    await eventually(async () => {
      await say(ada, id, 'behind their back');
      expect(await readTo(bob)).toEqual(['behind their back']);
    });
  });
}
