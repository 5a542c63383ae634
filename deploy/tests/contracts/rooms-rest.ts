import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { nobody, password } from './cast.ts';
import type { RoomsCast } from './rooms-cast.ts';

const ids = (page: Json): string[] => page.rooms.map((room: Json) => room.id);

/** The REST table of `rooms.md`, row by row. */
export function roomsRest({ ask, call, must, refusal, register, make, enter }: RoomsCast): void {
  test('POST /auth/register and POST /auth/login answer a JWT', async () => {
    const ada = await register('ada');
    const { status, body } = await ask('POST', '/auth/login', { username: ada.username, password });
    expect([status, body.accessToken.split('.').length]).toEqual([200, 3]);
    const wrong = await ask('POST', '/auth/login', { username: ada.username, password: 'wrong horse' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    const role = await ask('POST', '/auth/register', {
      username: `eve-${randomUUID().slice(0, 8)}`,
      email: `${randomUUID()}@example.org`,
      password,
      role: 'admin',
    });
    expect(role.body.user?.organizationRole ?? null).toBeNull();
  });

  test('POST /rooms creates a public or private room: name of 3 to 30 characters', async () => {
    const ada = await register('ada');
    expect(await call(ada, 'POST', '/rooms', { name: 'abc' })).toMatchObject({
      status: 201,
      body: { name: 'abc', isPrivate: false, description: '', createdBy: ada.id },
    });
    expect(
      await must(ada, 'POST', '/rooms', { name: 'x'.repeat(30), description: 'roses', isPrivate: true }),
    ).toMatchObject({
      isPrivate: true,
      description: 'roses',
    });
    for (const body of [
      { name: 'ab' },
      { name: 'x'.repeat(31) },
      { name: '     ' },
      {},
      { name: 'abc', isPrivate: 'yes' },
    ]) {
      expect(await refusal(ada, 'POST', '/rooms', body)).toEqual([422, 'validation_failed']);
    }
  });

  test("GET /rooms lists public rooms and the caller's own, but no private rooms of others", async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const open = await make(ada);
    const { id: hidden } = await must(ada, 'POST', '/rooms', { name: 'secret', isPrivate: true });
    expect(ids(await must(ada, 'GET', '/rooms')).slice(0, 2)).toEqual([hidden, open]);
    expect(ids(await must(bob, 'GET', '/rooms'))).toContain(open);
    expect(ids(await must(bob, 'GET', '/rooms?limit=200'))).not.toContain(hidden);
    const paged = await must(ada, 'GET', '/rooms?limit=1&page=2');
    expect([ids(paged), paged.total >= 2]).toEqual([[open], true]);
  });

  test('GET /rooms/:roomId: private rooms are hidden from others; ids are validated', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const open = await make(ada);
    const { id: hidden } = await must(ada, 'POST', '/rooms', { name: 'secret', isPrivate: true });
    expect(await must(bob, 'GET', `/rooms/${open}`)).toMatchObject({
      id: open,
      name: 'the garden',
      role: null,
    });
    expect(await refusal(bob, 'GET', `/rooms/${hidden}`)).toEqual([404, 'room_not_found']);
    expect(await refusal(bob, 'GET', `/rooms/${nobody}`)).toEqual([404, 'room_not_found']);
    for (const path of ['/rooms/1', '/rooms/1/members', '/rooms/1/messages', '/users/1/rooms']) {
      expect([path, ...(await refusal(bob, 'GET', path))]).toEqual([path, 422, 'validation_failed']);
    }
    for (const path of ['/rooms/1/join', '/rooms/1/leave', '/rooms/1/invites', '/1/messages/read']) {
      expect([path, ...(await refusal(bob, 'POST', path))]).toEqual([path, 422, 'validation_failed']);
    }
  });

  test('POST /rooms/:roomId/join joins public rooms only, and sends user_joined to the room', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const open = await make(ada);
    const { id: hidden } = await must(ada, 'POST', '/rooms', { name: 'secret', isPrivate: true });
    const seat = await enter(ada, open);
    expect(await must(bob, 'POST', `/rooms/${open}/join`)).toMatchObject({
      id: open,
      role: 'member',
      memberCount: 2,
    });
    expect(await seat.receives('user_joined', { userId: bob.id })).toMatchObject({
      username: bob.username,
      roomId: open,
      type: 'permanent',
      timestamp: expect.any(String),
    });
    expect(await refusal(bob, 'POST', `/rooms/${hidden}/join`)).toEqual([404, 'room_not_found']);
  });

  test('POST /rooms/:roomId/invites: for the creator; the token joins a private room', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const { id } = await must(ada, 'POST', '/rooms', { name: 'secret', isPrivate: true });
    const { token } = await must(ada, 'POST', `/rooms/${id}/invites`, { maxUses: 1 });
    expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(await must(bob, 'POST', `/rooms/invites/${token}/join`)).toMatchObject({ id, role: 'member' });
    expect(await refusal(bob, 'POST', `/rooms/${id}/invites`)).toEqual([403, 'not_authorized']);
    await must(ada, 'PUT', `/rooms/${id}/members/${bob.id}/role`, { role: 'admin' });
    expect(await refusal(bob, 'POST', `/rooms/${id}/invites`)).toEqual([403, 'not_authorized']);
    expect(await refusal(eve, 'POST', `/rooms/${id}/invites`)).toEqual([404, 'room_not_found']);
    // Used, revoked and invented tokens.
    expect(await refusal(eve, 'POST', `/rooms/invites/${token}/join`)).toEqual([404, 'invite_not_found']);
    const second = await must(ada, 'POST', `/rooms/${id}/invites`);
    const { invites } = await must(ada, 'GET', `/rooms/${id}/invites`);
    expect([invites.map((one: Json) => one.id), JSON.stringify(invites).includes(second.token)]).toEqual([
      [second.id],
      false,
    ]);
    await must(ada, 'DELETE', `/rooms/${id}/invites/${second.id}`);
    expect(await refusal(eve, 'POST', `/rooms/invites/${second.token}/join`)).toEqual([
      404,
      'invite_not_found',
    ]);
    expect(await refusal(eve, 'POST', '/rooms/invites/nonsense/join')).toEqual([404, 'invite_not_found']);
  });

  test('POST /rooms/:roomId/leave sends a permanent user_left; the creator cannot leave', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const id = await make(ada, bob);
    const [seat, bobs] = [await enter(ada, id), await enter(bob, id, 1)];
    expect(await refusal(ada, 'POST', `/rooms/${id}/leave`)).toEqual([409, 'owner_cannot_leave']);
    const left = { status: 200, body: { success: true, message: expect.any(String) } };
    expect(await call(bob, 'POST', `/rooms/${id}/leave`)).toMatchObject(left);
    expect(await seat.receives('user_left', { userId: bob.id })).toMatchObject({
      username: bob.username,
      roomId: id,
      type: 'permanent',
      timestamp: expect.any(String),
    });
    // A message to the room that she has just left.
    expect(await refusal(bob, 'POST', `/rooms/${id}/messages`, { content: 'still me' })).toEqual([
      403,
      'not_authorized',
    ]);
    bobs.emit('send_message', { roomId: id, content: 'still me' });
    await bobs.receives('error', { type: 'NOT_AUTHORIZED' });
    await must(bob, 'POST', `/rooms/${id}/join`);
    await must(ada, 'POST', `/rooms/${id}/owner`, { userId: bob.id });
    expect(await call(ada, 'POST', `/rooms/${id}/leave`)).toMatchObject(left);
    expect((await call(bob, 'DELETE', `/rooms/${id}`)).status).toBe(204);
    expect(await refusal(bob, 'GET', `/rooms/${id}`)).toEqual([404, 'room_not_found']);
  });

  test('GET /rooms/:roomId/members, and GET /users/:userId/rooms shows what the caller may see', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const open = await make(ada, bob);
    const { id: hidden } = await must(ada, 'POST', '/rooms', { name: 'secret', isPrivate: true });
    const { members } = await must(bob, 'GET', `/rooms/${open}/members`);
    expect(members.map((one: Json) => [one.userId, one.username, one.role])).toEqual([
      [ada.id, ada.username, 'owner'],
      [bob.id, bob.username, 'member'],
    ]);
    expect(await refusal(eve, 'GET', `/rooms/${open}/members`)).toEqual([403, 'not_authorized']);
    expect(await refusal(eve, 'GET', `/rooms/${hidden}/members`)).toEqual([404, 'room_not_found']);
    expect(ids(await must(ada, 'GET', `/users/${ada.id}/rooms`))).toEqual([hidden, open]);
    expect(ids(await must(bob, 'GET', `/users/${ada.id}/rooms`))).toEqual([open]);
  });

  test('POST …/messages/read on both paths marks messages read, and sends messages_read', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const id = await make(ada, bob);
    const seat = await enter(ada, id);
    for (const [path, content] of [
      [`/${id}/messages/read`, 'one'],
      [`/rooms/${id}/messages/read`, 'two'],
    ]) {
      const { seq } = await must(ada, 'POST', `/rooms/${id}/messages`, { content });
      expect(await must(bob, 'GET', '/unread')).toMatchObject({ total: 1 });
      const { readAt } = await must(bob, 'POST', path ?? '');
      expect(await seat.receives('messages_read', { userId: bob.id, seq })).toMatchObject({
        roomId: id,
        readAt,
      });
      expect(await must(bob, 'GET', '/unread')).toMatchObject({ total: 0 });
      expect(await refusal(eve, 'POST', path ?? '')).toEqual([403, 'not_authorized']);
    }
  });

  test('GET /rooms/:roomId/messages: {messages, pagination}, oldest first, at most 200', async () => {
    const [ada, eve] = [await register('ada'), await register('eve')];
    const id = await make(ada);
    for (const content of ['one', 'two', 'three'])
      await must(ada, 'POST', `/rooms/${id}/messages`, { content });
    const history = (query = '') => must(ada, 'GET', `/rooms/${id}/messages${query}`);
    const contents = async (query = '') => (await history(query)).messages.map((one: Json) => one.content);
    const { messages, pagination } = await history();
    expect(messages.map((one: Json) => one.content)).toEqual(['one', 'two', 'three']);
    expect(pagination).toMatchObject({ limit: 50, hasMore: false });
    expect(await contents(`?limit=1&before_seq=${messages[2].seq}`)).toEqual(['two']);
    expect(await contents(`?after_seq=${messages[0].seq}`)).toEqual(['two', 'three']);
    expect(await contents('?limit=2&page=2')).toEqual(['one']);
    for (const query of ['?limit=0', '?limit=201', '?limit=x', '?before_seq=x']) {
      expect(await refusal(ada, 'GET', `/rooms/${id}/messages${query}`)).toEqual([422, 'validation_failed']);
    }
    expect(await refusal(eve, 'GET', `/rooms/${id}/messages`)).toEqual([403, 'not_authorized']);
  });
}
