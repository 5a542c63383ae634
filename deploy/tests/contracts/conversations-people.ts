import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Person } from './cast.ts';
import type { ConversationsCast } from './conversations-cast.ts';

/** The rules of `conversations.md` about people: friendship and leaving. */
export function conversationsPeople({
  call,
  must,
  refusal,
  register,
  direct,
  group,
}: ConversationsCast): void {
  test('friendship: request, list, accept, unfriend; a request creates a notification', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const { id } = await must(ada, 'POST', '/api/v1/friend-requests', { userId: bob.id });
    await eventually(async () =>
      expect(await must(bob, 'GET', '/notifications/unread')).toMatchObject([{ type: 'friend_request' }]),
    );
    const waiting = (await must(bob, 'GET', '/api/v1/friend-requests')).requests;
    expect(waiting.map((one: Json) => one.id)).toEqual([id]);
    await must(bob, 'POST', `/api/v1/friend-requests/${id}/accept`);
    const friendsOf = async (who: Person) =>
      (await must(who, 'GET', '/api/v1/friends')).users.map((one: Json) => one.id);
    expect([await friendsOf(ada), await friendsOf(bob)]).toEqual([[bob.id], [ada.id]]);
    await must(bob, 'DELETE', `/api/v1/friends/${ada.id}`);
    expect([await friendsOf(ada), await friendsOf(bob)]).toEqual([[], []]);
  });

  test('friendship: decline, cancel, block; only the recipient can accept', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const request = async (from: Person, to: Person): Promise<string> =>
      (await must(from, 'POST', '/api/v1/friend-requests', { userId: to.id })).id;
    const first = await request(ada, bob);
    expect(await refusal(eve, 'POST', `/api/v1/friend-requests/${first}/accept`)).toEqual([
      404,
      'friend_request_not_found',
    ]);
    await must(bob, 'POST', `/api/v1/friend-requests/${first}/decline`);
    const second = await request(ada, bob);
    await must(ada, 'DELETE', `/api/v1/friend-requests/${second}`);
    expect(await refusal(bob, 'POST', `/api/v1/friend-requests/${second}/accept`)).toEqual([
      404,
      'friend_request_not_found',
    ]);
    const withBob = await direct(ada, bob);
    await must(bob, 'PUT', `/api/v1/blocks/${ada.id}`);
    await eventually(async () =>
      expect(
        await refusal(ada, 'POST', '/messages', { content: 'hello?', conversation_id: withBob }),
      ).toEqual([403, 'blocked']),
    );
    expect(await refusal(ada, 'POST', '/conversations', { participant_ids: [bob.id] })).toEqual([
      403,
      'blocked',
    ]);
  });

  const ids = (users: Json): string[] => users.map((one: Json) => one.user_id);

  test('friendships: a request gives 201, repeated 400; its acceptance gives 200', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const asked = await call(ada, 'POST', '/friendships/request', { friendId: bob.id });
    expect(asked).toMatchObject({
      status: 201,
      body: { status: 'pending', user_id: ada.id, friend_id: bob.id },
    });
    expect(await refusal(ada, 'POST', '/friendships/request', { friendId: bob.id })).toEqual([
      400,
      'friend_request_exists',
    ]);
    expect(await refusal(eve, 'POST', `/friendships/accept/${ada.id}`)).toEqual([
      404,
      'friend_request_not_found',
    ]);
    expect(await refusal(ada, 'POST', `/friendships/accept/${bob.id}`)).toEqual([
      404,
      'friend_request_not_found',
    ]);
    for (const time of ['first', 'second']) {
      expect([time, await call(bob, 'POST', `/friendships/accept/${ada.id}`)]).toMatchObject([
        time,
        { status: 200, body: { status: 'accepted' } },
      ]);
    }
    expect(await refusal(bob, 'POST', '/friendships/request', { friendId: ada.id })).toEqual([
      400,
      'friend_request_exists',
    ]);
    expect(await refusal(ada, 'POST', '/friendships/request', { friendId: ada.id })).toEqual([
      400,
      'self_reference',
    ]);
    expect(await refusal(ada, 'POST', '/friendships/request', { friendId: '1' })).toEqual([
      400,
      'validation_failed',
    ]);
    expect(await refusal(ada, 'POST', '/friendships/accept/1')).toEqual([400, 'validation_failed']);
  });

  test('blocking makes requests fail with 400 until unblocked', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    expect(await call(ada, 'POST', `/friendships/block/${bob.id}`)).toMatchObject({
      status: 200,
      body: { status: 'blocked' },
    });
    for (const [from, to] of [
      [bob, ada],
      [ada, bob],
    ] as const) {
      expect(await refusal(from, 'POST', '/friendships/request', { friendId: to.id })).toEqual([
        400,
        'blocked',
      ]);
    }
    expect((await call(ada, 'DELETE', `/friendships/unblock/${bob.id}`)).status).toBe(200);
    expect((await call(bob, 'POST', '/friendships/request', { friendId: ada.id })).status).toBe(201);
  });

  test('searching friends and users returns {data, meta}, page by page', async () => {
    const name = `f${randomUUID().slice(0, 8)}`;
    const me = await register('me');
    const people = [await register(`${name}-a`), await register(`${name}-b`), await register(`${name}-c`)];
    const search = (path: string, query: string) => must(me, 'GET', `${path}?search=${name}${query}`);
    const first = await eventually(async () => {
      const found = await search('/users/search', '&page=1&limit=2');
      expect(found.meta).toEqual({ total: 3, page: 1, limit: 2, totalPages: 2 });
      return found;
    });
    const second = await search('/users/search', '&page=2&limit=2');
    expect([...ids(first.data), ...ids(second.data)]).toEqual(people.map(({ id }) => id));
    expect(first.data[0]).toMatchObject({
      user_id: people[0]?.id,
      username: people[0]?.username,
      status: 'offline',
    });
    expect(await search('/friendships/search', '')).toEqual({
      data: [],
      meta: { total: 0, page: 1, limit: 10, totalPages: 0 },
    });
    for (const person of people.slice(1)) {
      await must(me, 'POST', '/friendships/request', { friendId: person.id });
      await must(person, 'POST', `/friendships/accept/${me.id}`);
    }
    const friends = await search('/friendships/search', '&limit=1');
    expect([ids(friends.data), friends.meta]).toEqual([
      [people[1]?.id],
      { total: 2, page: 1, limit: 1, totalPages: 2 },
    ]);
    expect((await must(me, 'GET', '/friendships/search')).meta.total).toBe(2);
    // Users who blocked the caller are not found, and % is no wildcard.
    await must(people[0] ?? me, 'POST', `/friendships/block/${me.id}`);
    expect((await search('/users/search', '')).meta.total).toBe(2);
    expect((await must(me, 'GET', '/users/search?search=%25')).data).toEqual([]);
    for (const query of ['page=0', 'limit=0', 'limit=101', 'page=x', `search=${'x'.repeat(101)}`]) {
      expect([query, ...(await refusal(me, 'GET', `/users/search?${query}`))]).toEqual([
        query,
        400,
        'validation_failed',
      ]);
    }
  });

  test('suggestions are friends of friends who are neither friends nor blocked', async () => {
    const [ada, bob, eve, dan] = [
      await register('ada'),
      await register('bob'),
      await register('eve'),
      await register('dan'),
    ];
    const befriend = async (a: Person, b: Person) => {
      await must(a, 'POST', '/friendships/request', { friendId: b.id });
      await must(b, 'POST', `/friendships/accept/${a.id}`);
    };
    for (const [a, b] of [
      [ada, bob],
      [bob, eve],
      [dan, bob],
    ] as const)
      await befriend(a, b);
    await must(eve, 'POST', '/friendships/request', { friendId: ada.id });
    const suggested = async (query = '') => ids(await must(ada, 'GET', `/friendships/suggestions${query}`));
    expect((await suggested('?limit=5')).sort()).toEqual([eve.id, dan.id].sort());
    expect(await suggested('?limit=1')).toHaveLength(1);
    await must(dan, 'POST', `/friendships/block/${ada.id}`);
    expect(await suggested()).toEqual([eve.id]);
    await must(ada, 'POST', `/friendships/accept/${eve.id}`);
    expect(await suggested()).toEqual([]);
  });

  test("a group's creator may leave and has a successor; the last participant must stay", async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const club = await group(ada, bob);
    const go = (who: Person) => `/conversations/${club}/participants/${who.id}/remove`;
    const left = await must(ada, 'POST', go(ada));
    expect(left.participants.map((one: Json) => one.user_id)).toEqual([bob.id]);
    expect(await refusal(ada, 'GET', `/conversations/${club}`)).toEqual([404, 'room_not_found']);
    expect(await refusal(bob, 'POST', go(bob))).toEqual([409, 'last_member']);
    expect(
      await must(bob, 'POST', `/conversations/${club}/participants`, { userIds: [eve.id] }),
    ).toMatchObject({ participant_count: 2 });
  });
}
