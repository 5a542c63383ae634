import { expect, test } from 'vitest';
import type { Json } from '../../whole-stack/chat-user.ts';
import type { Target } from '../../whole-stack/target.ts';
import { createReader, expectFields, unique } from './example.ts';

/** `rooms.md`, as printed. Every path has the base `/api/v1`. */
export function roomsExamples(target: () => Target): void {
  const { call, ok, connect } = createReader(target);
  const register = async () => {
    const credentials = {
      username: `ada_${unique()}`,
      email: `ada-${unique()}@example.com`,
      password: '123456',
    };
    await ok(undefined, 'POST /api/v1/auth/register', credentials);
    const { token, user } = await ok(undefined, 'POST /api/v1/auth/login', {
      username: credentials.username,
      password: '123456',
    });
    return { id: user.id as string, username: user.username as string, token: token as string };
  };

  test('rooms.md: every call of its REST table works', async () => {
    const [ada, bob] = await Promise.all([register(), register()]);
    const garden = await ok(ada.token, 'POST /api/v1/rooms', { name: 'garden' });
    expect(garden.isPrivate).toBe(false);
    const cellar = await ok(ada.token, 'POST /api/v1/rooms', {
      name: 'cellar',
      description: 'Wine',
      isPrivate: true,
    });
    expect((await call(ada.token, 'POST /api/v1/rooms', { name: 'ab' })).status).toBeGreaterThanOrEqual(400);
    const { rooms } = await ok(ada.token, 'GET /api/v1/rooms');
    expect(rooms.map(({ id }: Json) => id)).toEqual(expect.arrayContaining([garden.id, cellar.id]));
    expect((await ok(bob.token, `GET /api/v1/rooms/${garden.id}`)).id).toBe(garden.id);
    await ok(bob.token, `POST /api/v1/rooms/${garden.id}/join`);
    const { token } = await ok(ada.token, `POST /api/v1/rooms/${cellar.id}/invites`);
    expect((await call(bob.token, `POST /api/v1/rooms/${cellar.id}/join`)).status).toBe(404);
    await ok(bob.token, `POST /api/v1/rooms/invites/${token}/join`);
    expect((await ok(ada.token, `GET /api/v1/rooms/${cellar.id}/members`)).members).toHaveLength(2);
    expect((await ok(bob.token, `GET /api/v1/users/${bob.id}/rooms`)).rooms).toHaveLength(2);
    await ok(bob.token, `POST /api/v1/${garden.id}/messages/read`);
    await ok(bob.token, `POST /api/v1/rooms/${garden.id}/messages/read`);
    expectFields(await ok(bob.token, `GET /api/v1/rooms/${garden.id}/messages`), 'messages pagination');
    await ok(bob.token, `GET /api/v1/rooms/${garden.id}/messages?limit=200&page=1`);
    expect(await ok(bob.token, `POST /api/v1/rooms/${garden.id}/leave`)).toMatchObject({
      success: true,
      message: expect.any(String),
    });
    expect((await call(ada.token, `POST /api/v1/rooms/${garden.id}/leave`)).status).toBe(409);
    for (const path of ['rooms/1', 'rooms/1/members'])
      expect((await call(ada.token, `GET /api/v1/${path}`)).status).toBeLessThan(500);
  });

  test('rooms.md: every event of its tables has the documented payload', async () => {
    const [ada, bob] = await Promise.all([register(), register()]);
    const { id: roomId } = await ok(ada.token, 'POST /api/v1/rooms', { name: 'garden' });
    await ok(bob.token, `POST /api/v1/rooms/${roomId}/join`);
    const adas = await connect(ada.token);
    adas.emit('join_room', { roomId });
    await adas.receives('room_joined', { roomId });
    const bobs = await connect(bob.token);
    expectFields(
      await adas.receives('user_status', { userId: bob.id, status: 'online' }),
      'userId username status timestamp',
    );
    bobs.emit('join_room', { roomId });
    expectFields(await adas.receives('user_joined', { userId: bob.id }), 'userId username roomId timestamp');
    bobs.emit('send_message', { roomId, content: 'Hello' });
    const message = await adas.receives('receive_message', { content: 'Hello' });
    expectFields(message, 'id roomId userId username content createdAt timestamp');
    await bobs.receives('receive_message', { id: message.id });
    adas.emit('message_read', { messageId: message.id, roomId });
    expectFields(await bobs.receives('messages_read', { userId: ada.id, roomId }), 'userId readAt roomId');
    const updated = await bobs.receives('message_status_updated', {
      messageId: message.id,
      status: 'read',
      readerId: ada.id,
    });
    expectFields(updated, 'messageId status readerId timestamp');
    bobs.emit('typing', { roomId, isTyping: true });
    expectFields(
      await adas.receives('user_typing', { userId: bob.id, isTyping: true }),
      'userId username roomId isTyping timestamp',
    );
    adas.emit('get_room_users', { roomId });
    const { users } = await adas.receives('room_users', { roomId });
    for (const user of users) expectFields(user, 'userId username isOnline');
    adas.emit('join_room', { roomId: 'nonsense' });
    expectFields(await adas.receives('error'), 'type message');
    bobs.emit('leave_room', { roomId });
    expectFields(await adas.receives('user_left', { userId: bob.id }), 'userId username roomId timestamp');
  });
}
