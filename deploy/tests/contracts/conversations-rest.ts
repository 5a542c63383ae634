import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { nobody, type Person, password } from './cast.ts';
import type { ConversationsCast } from './conversations-cast.ts';

/** The REST table of `conversations.md`, row by row: accounts and conversations. */
export function conversationsRest({
  ask,
  call,
  must,
  refusal,
  register,
  direct,
  group,
  say,
  watch,
  connect,
}: ConversationsCast): void {
  test('POST /auth/register and POST /auth/login answer the JWT and the user', async () => {
    const username = `manoj singh ${randomUUID().slice(0, 8)}`;
    const email = `${randomUUID()}@example.org`;
    const registered = await ask('POST', '/auth/register', { username, email, password });
    const loggedIn = await ask('POST', '/auth/login', { username, password });
    expect([registered.status, loggedIn.status]).toEqual([201, 200]);
    for (const { body } of [registered, loggedIn]) {
      expect(body.token.split('.')).toHaveLength(3);
      expect(body.user).toMatchObject({
        user_id: expect.any(String),
        username,
        email,
        status: 'online',
        created_at: expect.any(String),
      });
      expect(JSON.stringify(body)).not.toContain('password');
    }
    const wrong = await ask('POST', '/auth/login', { username, password: 'wrong horse' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
    const taken = await ask('POST', '/auth/register', {
      username,
      email: `${randomUUID()}@example.org`,
      password,
    });
    expect([taken.status, taken.body.code]).toEqual([409, 'username_taken']);
  });

  test('every call except register and login needs the bearer token', async () => {
    for (const path of [
      '/users',
      '/users/search',
      '/friendships/search',
      '/conversations',
      '/notifications',
      `/messages/conversation/${nobody}`,
    ]) {
      const answer = await ask('GET', path);
      expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'unauthenticated']);
    }
  });

  test('POST /auth/logout sets the status offline and invalidates the token', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const status = async () => (await must(ada, 'GET', `/users/${bob.id}`)).status;
    await connect(bob);
    await eventually(async () => expect(await status()).toBe('online'));
    const { status: loggedOut, body } = await call(bob, 'POST', '/auth/logout');
    expect([loggedOut, body]).toEqual([200, { message: 'Successfully logged out' }]);
    await eventually(async () => expect(await status()).toBe('offline'));
    await eventually(async () => expect((await call(bob, 'GET', '/users')).status).toBe(401));
  });

  test('GET /users and GET /users/:id have the documented fields and no secrets', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const { status, body } = await call(ada, 'GET', `/users/${bob.id}`);
    expect([status, body]).toEqual([
      200,
      {
        user_id: bob.id,
        username: bob.username,
        name: expect.any(String),
        status: 'offline',
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ]);
    const found = await must(ada, 'GET', `/users?search=${bob.username}`);
    expect(found).toEqual([body]);
    expect((await must(ada, 'GET', '/users?limit=200')).length).toBeGreaterThan(1);
    expect(await refusal(ada, 'GET', `/users/${nobody}`)).toEqual([404, 'user_not_found']);
    expect(await refusal(ada, 'GET', '/users/1')).toEqual([400, 'validation_failed']);
  });

  test('POST /conversations, direct: exactly 2 participants; returns an existing one', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const made = await call(ada, 'POST', '/conversations', {
      is_group: false,
      participant_ids: [ada.id, bob.id],
    });
    expect(made).toMatchObject({ status: 201, body: { name: null, is_group: false, latest_message: null } });
    expect(made.body.participants.map((one: Json) => one.user_id).sort()).toEqual([ada.id, bob.id].sort());
    const again = [
      await must(ada, 'POST', '/conversations', { participant_ids: [bob.id] }),
      await direct(bob, ada),
    ];
    expect(again).toMatchObject([{ conversation_id: made.body.conversation_id }, made.body.conversation_id]);
    for (const participant_ids of [[], [ada.id], [bob.id, eve.id], [ada.id, bob.id, eve.id], ['1']]) {
      expect(await refusal(ada, 'POST', '/conversations', { is_group: false, participant_ids })).toEqual([
        400,
        'validation_failed',
      ]);
    }
    expect(await refusal(ada, 'POST', '/conversations', { participant_ids: [nobody] })).toEqual([
      404,
      'user_not_found',
    ]);
  });

  test('POST /conversations, group: requires a name; returns the documented fields', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const body = { name: 'book club', is_group: true, participant_ids: [bob.id, eve.id] };
    const made = await must(ada, 'POST', '/conversations', body);
    expect(made).toMatchObject({
      name: 'book club',
      is_group: true,
      participant_count: 3,
      created_at: expect.any(String),
    });
    expect(made.participants.map((one: Json) => [one.conversation_id, one.user_id]).sort()).toEqual(
      [ada, bob, eve].map(({ id }) => [made.conversation_id, id]).sort(),
    );
    for (const name of [undefined, null, '', '  ']) {
      expect(await refusal(ada, 'POST', '/conversations', { ...body, name })).toEqual([
        400,
        'validation_failed',
      ]);
    }
  });

  test("GET /conversations: the caller's, with latest message and participants", async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const [withBob, club] = [await direct(ada, bob), await group(ada, bob, eve)];
    await say(ada, withBob, 'one');
    const { message_id } = await say(bob, withBob, 'two');
    const list = await must(ada, 'GET', '/conversations');
    expect(list.map((one: Json) => one.conversation_id)).toEqual([club, withBob]);
    expect(list[0]).toMatchObject({
      is_group: true,
      name: 'book club',
      latest_message: null,
      participant_count: 3,
    });
    expect(list[1]).toMatchObject({
      is_group: false,
      latest_message: { message_id, content: 'two', sender_id: bob.id, status: 'sent' },
    });
    await must(bob, 'DELETE', `/messages/${message_id}`);
    expect((await must(bob, 'GET', '/conversations'))[1].latest_message.content).toBe('one');
    expect((await must(eve, 'GET', '/conversations')).map((one: Json) => one.conversation_id)).toEqual([
      club,
    ]);
  });

  test('GET /conversations/:id: with messages; for participants only', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const id = await direct(ada, bob);
    await say(ada, id, 'one');
    await say(bob, id, 'two');
    const shown = await must(bob, 'GET', `/conversations/${id}`);
    expect(shown).toMatchObject({
      conversation_id: id,
      participant_count: 2,
      latest_message: { content: 'two' },
    });
    expect(shown.messages.map((one: Json) => one.content)).toEqual(['one', 'two']);
    expect(await refusal(eve, 'GET', `/conversations/${id}`)).toEqual([404, 'room_not_found']);
    expect(await refusal(eve, 'GET', '/conversations/1')).toEqual([400, 'validation_failed']);
  });

  test('POST /conversations/:id/participants {userIds}: for groups; returns the conversation', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const [club, withBob] = [await group(ada, bob), await direct(ada, bob)];
    const grown = await must(ada, 'POST', `/conversations/${club}/participants`, { userIds: [eve.id] });
    expect([grown.conversation_id, grown.participants.map((one: Json) => one.user_id).sort()]).toEqual([
      club,
      [ada.id, bob.id, eve.id].sort(),
    ]);
    await must(eve, 'GET', `/conversations/${club}`);
    expect(
      await refusal(ada, 'POST', `/conversations/${withBob}/participants`, { userIds: [eve.id] }),
    ).toEqual([409, 'room_kind']);
    expect(await refusal(bob, 'POST', `/conversations/${club}/participants`, { userIds: [eve.id] })).toEqual([
      403,
      'not_authorized',
    ]);
  });

  test('removing a participant: for groups; returns the conversation; the last one must stay', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const [club, withBob] = [await group(ada, bob), await direct(ada, bob)];
    const remove = (id: string, user: Person) => `/conversations/${id}/participants/${user.id}/remove`;
    expect(await refusal(ada, 'POST', remove(withBob, bob))).toEqual([409, 'room_kind']);
    expect(await refusal(bob, 'POST', remove(club, ada))).toEqual([403, 'not_authorized']);
    const seat = await watch(bob, club);
    const shrunk = await must(ada, 'POST', remove(club, bob));
    expect(shrunk).toMatchObject({
      conversation_id: club,
      name: 'book club',
      is_group: true,
      participant_count: 1,
    });
    expect(shrunk.participants.map((one: Json) => one.user_id)).toEqual([ada.id]);
    expect(await refusal(ada, 'POST', remove(club, ada))).toEqual([409, 'last_member']);
    // Every call on the conversation that he has just left fails.
    expect(await refusal(bob, 'POST', '/messages', { content: 'still me', conversation_id: club })).toEqual([
      404,
      'room_not_found',
    ]);
    seat.emit('sendMessage', { content: 'still me', conversation_id: club });
    await seat.receives('error', { type: 'ROOM_NOT_FOUND' });
    expect((await must(ada, 'GET', `/messages/conversation/${club}`)).length).toBe(0);
  });
}
