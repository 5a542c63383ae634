import { eventually } from '@parley/testkit';
import { io } from 'socket.io-client';
import { expect, test } from 'vitest';
import type { Json } from '../../whole-stack/chat-user.ts';
import type { Target } from '../../whole-stack/target.ts';
import { createReader, expectFields, unique } from './example.ts';

/**
 * `conversations.md`, as printed. Its published suite makes the REST calls one by one:
 * `programs/conversations-suite.mjs`.
 */
export function conversationsExamples(target: () => Target): void {
  const { ok, connect } = createReader(target);
  const register = async () => {
    const username = `ada_${unique()}`;
    await ok(undefined, 'POST /auth/register', {
      username,
      email: `${username}@example.com`,
      password: '123456',
    });
    const { token, user } = await ok(undefined, 'POST /auth/login', { username, password: '123456' });
    expectFields(user, 'user_id username email status created_at updated_at');
    return { id: user.user_id as string, token: token as string };
  };

  test('conversations.md: resources have the documented fields', async () => {
    const [ada, bob] = await Promise.all([register(), register()]);
    const conversation = await ok(ada.token, 'POST /conversations', { participant_ids: [ada.id, bob.id] });
    expectFields(conversation, 'conversation_id name is_group created_at updated_at');
    const message = await ok(ada.token, 'POST /messages', {
      content: 'Hello',
      conversation_id: conversation.conversation_id,
    });
    expectFields(
      message,
      'message_id conversation_id sender_id content status is_edited created_at updated_at deleted_at',
    );
    const notification = await eventually(async () => {
      const [first] = await ok(bob.token, 'GET /notifications/unread');
      expectFields(
        first ?? {},
        'notification_id type title content metadata is_read created_at updated_at deleted_at',
      );
      return first;
    });
    expectFields(notification.metadata, 'conversation_id sender_name message_preview sender_id');
  });

  test('conversations.md: every event of the root namespace has the documented data', async () => {
    const [ada, bob] = await Promise.all([register(), register()]);
    const { conversation_id } = await ok(ada.token, 'POST /conversations', {
      participant_ids: [ada.id, bob.id],
    });
    const adas = await connect(ada.token);
    const bobs = await connect(bob.token);
    expect(await adas.receives('userStatus', { userId: bob.id })).toMatchObject({ status: 'online' });
    adas.emit('joinConversation', conversation_id);
    bobs.emit('joinConversation', conversation_id);
    bobs.emit('sendMessage', { content: 'Hello', conversation_id });
    const { message_id } = await adas.receives('newMessage', {
      content: 'Hello',
      conversation_id,
      sender_id: bob.id,
    });
    let isTyping = false;
    await eventually(
      () => {
        isTyping = !isTyping;
        bobs.emit('typing', { conversationId: conversation_id, isTyping });
        expect(adas.all('userTyping')).toContainEqual({
          userId: bob.id,
          conversationId: conversation_id,
          isTyping: true,
        });
      },
      { intervalMs: 200 },
    );
    await ok(ada.token, `PUT /messages/${message_id}/status`, { status: 'read' });
    await bobs.receives('messageStatus', { messageId: message_id, userId: ada.id, status: 'read' });
    adas.emit('leaveConversation', conversation_id);
    bobs.emit('sendMessage', { content: 'Still there?', conversation_id });
    await adas.receives('newMessage', { content: 'Still there?' });
    expect([...adas.all('error'), ...bobs.all('error')]).toEqual([]);
  });

  test('conversations.md: `/notifications` answers a bad token with `error`, then disconnects', async () => {
    const { token } = await register();
    await (await connect(token, '/notifications')).receives('notifications:connected', {
      status: 'connected',
    });
    const printed: Json[] = [];
    const socket = io(`${target().url}/notifications`, { auth: { token: 'nonsense' } });
    socket.on('error', (data) => printed.push(data));
    socket.on('disconnect', (reason) => printed.push(reason));
    await eventually(() =>
      expect(printed).toEqual([
        expect.objectContaining({ message: 'Authentication failed' }),
        'io server disconnect',
      ]),
    );
    socket.disconnect();
  });

  test('conversations.md: `userId` alone is refused; one that matches the token is accepted', async () => {
    const ada = await register();
    const outcome = (auth: object) =>
      new Promise<string>((resolve) => {
        const socket = io(target().url, { auth, reconnection: false });
        const settle = (result: string) => {
          socket.disconnect();
          resolve(result);
        };
        socket.once('connect', () => settle('connected'));
        socket.once('connect_error', () => settle('refused'));
      });
    expect(await outcome({ userId: ada.id })).toBe('refused');
    expect(await outcome({ userId: ada.id, token: ada.token })).toBe('connected');
  });
}
