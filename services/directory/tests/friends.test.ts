import { calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DirectoryTest, replay, startDirectory, type TestPerson } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

const pair = async () => (await directory.people(2)) as [TestPerson, TestPerson];
const ids = async (person: TestPerson, path: string): Promise<string[]> =>
  (await person.call('GET', path)).body.users.map((user: { id: string }) => user.id);
const pending = async (person: TestPerson, direction = 'both') =>
  (await person.call('GET', `/friend-requests?direction=${direction}`)).body.requests;

describe('friend requests', () => {
  it('appear for both users; acceptance makes them friends and contacts', async () => {
    const [ada, bob] = await pair();
    const { status, body } = await ada.call('POST', '/friend-requests', { userId: bob.id });
    expect(status).toBe(201);
    expect(body).toMatchObject({ from: { userId: ada.id }, to: { userId: bob.id }, status: 'pending' });
    expect(await pending(ada, 'outgoing')).toEqual([body]);
    expect(await pending(bob, 'incoming')).toEqual([body]);
    expect(await pending(bob, 'outgoing')).toEqual([]);
    for (let time = 0; time < 2; time++) {
      expect((await bob.call('POST', `/friend-requests/${body.id}/accept`)).body.status).toBe('accepted');
    }
    expect(await pending(ada)).toEqual([]);
    for (const [one, other] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      expect(await ids(one, '/friends')).toEqual([other.id]);
      expect(await ids(one, '/contacts')).toEqual([other.id]);
    }
    await directory.published('friend_request.accepted', ({ id }) => id === body.id);
    expect(
      directory.events.filter(
        (event) => event.type === 'friend_request.accepted' && event.data.id === body.id,
      ),
    ).toHaveLength(1);
  });

  it('to a bot, and bans of it, show that it is one', async () => {
    const [ada] = await pair();
    const bot = { userId: newId(), username: `bot-${newId()}`, isBot: true as const };
    const more = { name: '', organizationId: null, organizationRole: null };
    await directory.publish('user.registered', { ...bot, ...more, createdAt: new Date().toISOString() });
    const { body: request } = await ada.call('POST', '/friend-requests', { userId: bot.userId });
    expect(request.to).toEqual(bot);
    expect(request.from).not.toHaveProperty('isBot');
    expect(await pending(ada)).toEqual([request]);
    const { body: room } = await ada.call('POST', '/rooms', { name: 'A room', kind: 'channel' });
    const ban = await ada.call('POST', `/rooms/${room.id}/bans`, { userId: bot.userId });
    expect(ban).toMatchObject({ status: 201, body: bot });
    expect((await ada.call('GET', `/rooms/${room.id}/bans`)).body.bans).toEqual([ban.body]);
  });

  it('repeated are the same request, published once', async () => {
    const [ada, bob] = await pair();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ada.call('POST', '/friend-requests', { userId: bob.id })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const id = answers[0]?.body.id;
    await directory.published('friend_request.created', (data) => data.id === id);
    expect(
      directory.events.filter(
        (event) => event.type === 'friend_request.created' && event.data.from.userId === ada.id,
      ),
    ).toHaveLength(1);
  });

  it('that cross, even concurrently, make friends with one request', async () => {
    const [ada, bob] = await pair();
    const answers = await Promise.all([
      ada.call('POST', '/friend-requests', { userId: bob.id }),
      bob.call('POST', '/friend-requests', { userId: ada.id }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]?.body.id).toBe(answers[1]?.body.id);
    expect(await ids(ada, '/friends')).toEqual([bob.id]);
  });

  it('are accepted or declined only by the recipient, and withdrawn only by the sender', async () => {
    const [ada, bob] = await pair();
    const other = await directory.person();
    const { id } = (await ada.call('POST', '/friend-requests', { userId: bob.id })).body;
    for (const [who, method, path] of [
      [ada, 'POST', '/accept'],
      [other, 'POST', '/accept'],
      [ada, 'POST', '/decline'],
      [other, 'POST', '/decline'],
      [bob, 'DELETE', ''],
      [other, 'DELETE', ''],
    ] as const) {
      expect(await who.call(method, `/friend-requests/${id}${path}`)).toMatchObject({
        status: 404,
        body: { code: 'friend_request_not_found' },
      });
    }
    expect((await bob.call('POST', `/friend-requests/${id}/decline`)).status).toBe(204);
    expect((await bob.call('POST', `/friend-requests/${id}/accept`)).status).toBe(404);
    await directory.published('friend_request.withdrawn', (data) => data.id === id);
    const again = (await ada.call('POST', '/friend-requests', { userId: bob.id })).body;
    expect(again.id).not.toBe(id);
    expect((await ada.call('DELETE', `/friend-requests/${again.id}`)).status).toBe(204);
    expect(await pending(bob)).toEqual([]);
  });

  it('that are accepted and withdrawn concurrently end in exactly one way', async () => {
    const [ada, bob] = await pair();
    const { id } = (await ada.call('POST', '/friend-requests', { userId: bob.id })).body;
    const [accepted, cancelled] = await Promise.all([
      bob.call('POST', `/friend-requests/${id}/accept`),
      ada.call('DELETE', `/friend-requests/${id}`),
    ]);
    expect([accepted?.status, cancelled?.status].sort()).toEqual(
      accepted?.status === 200 ? [200, 404] : [204, 404],
    );
    expect(await ids(ada, '/friends')).toEqual(accepted?.status === 200 ? [bob.id] : []);
  });

  it('are paged newest first', async () => {
    const [ada, ...others] = await directory.people(4);
    for (const other of others) await ada?.call('POST', '/friend-requests', { userId: other.id });
    const first = await ada?.call('GET', '/friend-requests?limit=2');
    const second = await ada?.call('GET', `/friend-requests?limit=2&cursor=${first?.body.nextCursor}`);
    const order = [...(first?.body.requests ?? []), ...(second?.body.requests ?? [])].map(
      (request) => request.to.userId,
    );
    expect(order).toEqual(others.map(({ id }) => id).reverse());
    expect(second?.body.nextCursor).toBeNull();
  });

  it('to oneself are 400, to unknown users 404', async () => {
    const ada = await directory.person();
    expect((await ada.call('POST', '/friend-requests', { userId: ada.id })).status).toBe(400);
    expect((await ada.call('POST', '/friend-requests', { userId: newId() })).status).toBe(404);
  });

  it('end of friendship removes both contacts, idempotently', async () => {
    const [ada, bob] = await pair();
    await ada.call('POST', '/friend-requests', { userId: bob.id });
    await bob.call('POST', '/friend-requests', { userId: ada.id });
    for (let time = 0; time < 2; time++)
      expect((await ada.call('DELETE', `/friends/${bob.id}`)).status).toBe(204);
    for (const person of [ada, bob]) {
      expect(await ids(person, '/friends')).toEqual([]);
      expect(await ids(person, '/contacts')).toEqual([]);
    }
  });
});

describe('a block', () => {
  it('ends friendship and contact for both, and withdraws pending requests', async () => {
    const [ada, bob] = await pair();
    await ada.call('POST', '/friend-requests', { userId: bob.id });
    await bob.call('POST', '/friend-requests', { userId: ada.id });
    for (let time = 0; time < 2; time++)
      expect((await ada.call('PUT', `/blocks/${bob.id}`)).status).toBe(204);
    expect(await ids(ada, '/blocks')).toEqual([bob.id]);
    expect(await ids(bob, '/friends')).toEqual([]);
    expect(await ids(bob, '/contacts')).toEqual([]);
    const [cleo, dan] = await pair();
    const { id } = (await cleo.call('POST', '/friend-requests', { userId: dan.id })).body;
    await dan.call('PUT', `/blocks/${cleo.id}`);
    expect(await pending(cleo)).toEqual([]);
    await directory.published('friend_request.withdrawn', (data) => data.id === id);
  });

  it('prevents requests, contacts, rooms and direct rooms between the two, from either side', async () => {
    const [ada, bob] = await pair();
    await ada.call('PUT', `/blocks/${bob.id}`);
    for (const [one, other] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      const { body: own } = await one.call('POST', '/rooms', { kind: 'group', name: 'mine' });
      for (const answer of [
        await one.call('POST', '/friend-requests', { userId: other.id }),
        await one.call('PUT', `/contacts/${other.id}`),
        await one.call('POST', '/rooms', { kind: 'direct', userId: other.id }),
        await one.call('POST', '/rooms', { kind: 'group', name: 'both', members: [other.id] }),
        await one.call('POST', `/rooms/${own.id}/members`, { userIds: [other.id] }),
      ]) {
        expect(answer).toMatchObject({ status: 403, body: { code: 'blocked' } });
      }
      await expect(
        directory.ask(calls.openDirectRoom, { userId: one.id, otherId: other.id }),
      ).rejects.toMatchObject({ code: 'blocked' });
    }
  });

  it('hides the blocker from searches of the blocked user, but not the reverse', async () => {
    const [ada, bob] = await pair();
    await ada.call('PUT', `/blocks/${bob.id}`);
    expect(await ids(bob, `/users?search=${ada.username}`)).toEqual([]);
    expect(await ids(ada, `/users?search=${bob.username}`)).toEqual([bob.id]);
    await ada.call('DELETE', `/blocks/${bob.id}`);
    expect(await ids(bob, `/users?search=${ada.username}`)).toEqual([ada.id]);
  });

  it('makes their direct room read-only for both, until neither blocks the other', async () => {
    const [ada, bob] = await pair();
    const { body: room } = await ada.call('POST', '/rooms', { kind: 'direct', userId: bob.id });
    const canSend = async () => {
      const { members } = await directory.ask(calls.getMemberships, {
        roomId: room.id,
        userIds: [ada.id, bob.id],
      });
      await eventually(() =>
        expect([...replay(directory.events, room.id).values()].sort((a, b) => a.version - b.version)).toEqual(
          members.sort((a, b) => a.version - b.version),
        ),
      );
      return members.map((member) => member.canSend);
    };
    expect(await canSend()).toEqual([true, true]);
    await ada.call('PUT', `/blocks/${bob.id}`);
    expect(await canSend()).toEqual([false, false]);
    await bob.call('PUT', `/blocks/${ada.id}`);
    await ada.call('DELETE', `/blocks/${bob.id}`);
    expect(await canSend()).toEqual([false, false]);
    for (let time = 0; time < 2; time++)
      expect((await bob.call('DELETE', `/blocks/${ada.id}`)).status).toBe(204);
    expect(await canSend()).toEqual([true, true]);
  });

  it('concurrent with a request leaves no request', async () => {
    for (let round = 0; round < 5; round++) {
      const [ada, bob] = await pair();
      await Promise.all([
        bob.call('POST', '/friend-requests', { userId: ada.id }),
        ada.call('PUT', `/blocks/${bob.id}`),
      ]);
      expect(await pending(bob)).toEqual([]);
    }
  });

  it('of oneself is 400, of unknown users 404', async () => {
    const ada = await directory.person();
    expect((await ada.call('PUT', `/blocks/${ada.id}`)).status).toBe(400);
    expect((await ada.call('PUT', `/blocks/${newId()}`)).status).toBe(404);
  });
});
