import { expect, test } from 'vitest';
import { connectWebSocket } from '../../contracts/connections.ts';
import type { Target } from '../../whole-stack/target.ts';
import { createReader, expectFields, unique } from './example.ts';

/** `organizations.md`, as printed. */
export function organizationsExamples(target: () => Target): void {
  const { call, ok, keep, connect } = createReader(target);
  const register = async (username: string, organizationName: string, role: string) => {
    const credentials = { email: `manoj-${unique()}@example.com`, password: '123456' };
    await ok(undefined, 'POST /api/auth/register', { username, ...credentials, organizationName, role });
    const tokens = await ok(undefined, 'POST /api/auth/login', credentials);
    return {
      ...tokens.user,
      token: tokens.accessToken as string,
      refreshToken: tokens.refreshToken as string,
    };
  };

  test('organizations.md: registering "manoj singh" twice returns 409 naming the field', async () => {
    const body = {
      username: 'manoj singh',
      email: 'manoj@example.com',
      password: '123456',
      organizationName: 'Acme',
      role: 'admin',
    };
    expect((await call(undefined, 'POST /api/auth/register', body)).status).toBe(201);
    const again = await call(undefined, 'POST /api/auth/register', body);
    expect([again.status, JSON.stringify(again.body)]).toEqual([
      409,
      expect.stringMatching(/email|username/),
    ]);
    const { accessToken } = await ok(undefined, 'POST /api/auth/login', {
      email: body.email,
      password: body.password,
    });
    expect((await ok(accessToken, 'GET /api/chat')).data).toEqual([]);
  });

  test('organizations.md: refreshing a token, and `/api/chat` with page 1 and size 10', async () => {
    const manoj = await register(`manoj singh ${unique()}`, `Org ${unique()}`, 'admin');
    const { accessToken } = await ok(undefined, 'POST /api/auth/refresh-token', {
      refreshToken: manoj.refreshToken,
    });
    for (const name of ['General', 'HR']) await ok(accessToken, 'POST /api/chat', { name });
    const page = await ok(accessToken, 'GET /api/chat');
    expect(page).toMatchObject({
      total: 2,
      pages: 1,
      currentPage: 1,
      data: [{ name: 'HR' }, { name: 'General' }],
    });
    expectFields(page.data[0], 'id name createdAt updatedAt organization_id');
    const second = await ok(accessToken, 'GET /api/chat?page=2&pageSize=1');
    expect(second).toMatchObject({ total: 2, pages: 2, currentPage: 2, data: [{ name: 'General' }] });
    expect((await call(undefined, 'GET /api/chat')).status).toBe(401);
  });

  const connections = {
    'a plain WebSocket at the root URL': async (token: string) =>
      keep(await connectWebSocket(target().url, token)),
    'Socket.IO': (token: string) => connect(token),
  };
  for (const [name, open] of Object.entries(connections)) {
    test(`organizations.md: every event of its table over ${name} has the documented data`, async () => {
      const organization = `Org ${unique()}`;
      const manoj = await register(`manoj singh ${unique()}`, organization, 'admin');
      const bob = await register(`bob ${unique()}`, organization, 'user');
      const { id: roomId } = await ok(manoj.token, 'POST /api/chat', { name: 'General' });
      const [one, other] = await Promise.all([open(manoj.token), open(bob.token)]);
      one.emit('joinRoom', { roomId, userId: manoj.id });
      await one.receives('roomJoined', { roomId });
      other.emit('joinRoom', { roomId, userId: bob.id });
      await one.receives('userJoined', { roomId, userId: bob.id });
      other.emit('sendMessage', { roomId, userId: bob.id, content: 'Hello' });
      const message = await one.receives('newMessage', { content: 'Hello' });
      expectFields(message, 'id chat_room_id user_id content created_at is_encrypted');
      await other.receives('newMessage', { content: 'Hello' });
      other.emit('typing', { roomId, userId: bob.id });
      await one.receives('typing', { roomId, userId: bob.id, username: bob.username, isTyping: true });
      other.emit('reactMessage', { userId: bob.id, messageId: message.id, reaction: '👍' });
      const reaction = await one.receives('messageReaction', {
        messageId: message.id,
        roomId,
        userId: bob.id,
        reaction: '👍',
      });
      expect(reaction.counts).toEqual({ '👍': 1 });
      const placeholder = {
        roomName: 'New',
        invitedUsers: [bob.id],
        roomId: '2',
        organizationId: manoj.organization_id,
      };
      one.emit('newChatRoom', placeholder);
      const event = await other.receives('newChatRoom', {
        roomName: 'New',
        organizationId: manoj.organization_id,
      });
      expect(event.roomId).not.toBe('2');
      other.emit('leaveRoom', { roomId, userId: bob.id });
      await one.receives('userLeft', { roomId, userId: bob.id });
      expect([...one.all('error'), ...other.all('error')]).toEqual([]);
    });
  }
}
