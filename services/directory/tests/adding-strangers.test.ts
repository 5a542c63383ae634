import { calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

let directory: DirectoryTest;
let now = Date.now();
beforeAll(async () => {
  const settings = { ADD_USERS_RATE: '5/10m', JOIN_RATE: '3/10m', FRIEND_REQUEST_RATE: '4/10m' };
  directory = await startDirectory(settings, { clock: () => now });
});
afterAll(() => directory.stop());

const windowMs = 600_000;
const idsOf = (people: readonly TestPerson[]) => people.map(({ id }) => id);
const addUsers = { code: 'rate_limit', limit: '5 per 10 minutes and user', setting: 'ADD_USERS_RATE' };
const requests = { code: 'rate_limit', limit: '4 per 10 minutes and user', setting: 'FRIEND_REQUEST_RATE' };

/** Calls a path outside `/api/v1`, of a client contract. */
async function callContract(person: TestPerson, path: string, body: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' };
  const answer = await fetch(directory.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

/** A call over the bus, for a client's socket event. */
const asked = (call: Promise<unknown>): Promise<Answer> =>
  call.then(
    (body) => ({ status: 200, body }),
    (error) => ({ status: error.status, body: { ...error.limitName, code: error.code } }),
  );

/** Every way of adding users, given a room of the user and as many users as it needs. */
const ways: [way: string, add: (ada: TestPerson, roomId: string, ids: string[]) => Promise<Answer>][] = [
  ['POST /rooms', (ada, _, members) => ada.call('POST', '/rooms', { name: 'Room', members })],
  [
    'POST /rooms, group',
    (ada, _, members) => ada.call('POST', '/rooms', { kind: 'group', name: 'G', members }),
  ],
  ['POST /rooms, direct', (ada, _, [userId]) => ada.call('POST', '/rooms', { kind: 'direct', userId })],
  ['POST /rooms/:id/members', (ada, id, userIds) => ada.call('POST', `/rooms/${id}/members`, { userIds })],
  ['POST /group/create', (ada, _, members) => callContract(ada, '/group/create', { name: 'G', members })],
  [
    'POST /group/add-members',
    (ada, group_id, user_ids) => callContract(ada, '/group/add-members', { group_id, user_ids }),
  ],
  [
    'POST /conversations, group',
    (ada, _, participant_ids) =>
      callContract(ada, '/conversations', { is_group: true, name: 'G', participant_ids }),
  ],
  [
    'POST /conversations',
    (ada, _, [id]) => callContract(ada, '/conversations', { is_group: false, participant_ids: [id] }),
  ],
  [
    'POST /conversations/:id/participants',
    (ada, id, userIds) => callContract(ada, `/conversations/${id}/participants`, { userIds }),
  ],
  [
    'newChatRoom with a placeholder',
    ({ id: userId }, _, invited) =>
      asked(directory.ask(calls.createChatRoom, { userId, roomId: newId(), name: 'x', invited })),
  ],
  [
    'newChatRoom with a room',
    ({ id: userId }, existing, invited) =>
      asked(directory.ask(calls.createChatRoom, { userId, roomId: newId(), existing, name: 'x', invited })),
  ],
  [
    'a message to a user',
    ({ id: userId }, _, [otherId = '']) => asked(directory.ask(calls.openDirectRoom, { userId, otherId })),
  ],
];

describe('adding users to rooms', () => {
  it('has one limit for every path and contract, named in the error; others stay unaffected', async () => {
    const [ada, bob, ...others] = (await directory.people(8)) as [TestPerson, TestPerson, ...TestPerson[]];
    const five = idsOf(others.slice(0, 5));
    const { body: room } = await ada.call('POST', '/rooms', { kind: 'group', name: 'all', members: five });
    expect(room.memberCount).toBe(6);
    for (const [way, add] of ways)
      expect([way, await add(ada, room.id, idsOf(others.slice(5)))]).toMatchObject([
        way,
        { status: 429, body: addUsers },
      ]);
    const { body: own } = await ada.call('POST', '/rooms', { name: 'alone' });
    expect((await bob.call('POST', `/rooms/${own.id}/join`)).status).toBe(200);
    expect((await bob.call('POST', '/rooms', { name: 'of Bob', members: five })).status).toBe(201);
  });

  it('works again, on every path, when the time is over', async () => {
    for (const [way, add] of ways) {
      const [ada, bob, ...others] = (await directory.people(7)) as [TestPerson, TestPerson, ...TestPerson[]];
      const members = idsOf(others);
      const { body: room } = await ada.call('POST', '/rooms', { kind: 'group', name: 'all', members });
      const refused = await add(ada, room.id, [bob.id]);
      now += windowMs;
      expect([way, refused.status, (await add(ada, room.id, [bob.id])).status < 300]).toEqual([
        way,
        429,
        true,
      ]);
    }
  });

  it('adds all users of a request or none, and charges only for those added', async () => {
    const [ada, ...others] = (await directory.people(7)) as [TestPerson, ...TestPerson[]];
    const ids = idsOf(others);
    const add = (members: string[]) => ada.call('POST', '/rooms', { kind: 'group', name: 'some', members });
    expect(await add(ids)).toMatchObject({ status: 429, body: addUsers });
    expect((await add([...ids.slice(0, 4), newId()])).status).toBe(404);
    const { body: room } = await add([...ids.slice(0, 4), ...ids.slice(0, 4), ada.id]);
    expect(room.memberCount).toBe(5);
    const again = { userIds: ids.slice(0, 4) };
    expect((await ada.call('POST', `/rooms/${room.id}/members`, again)).status).toBe(200);
    expect((await add(ids.slice(0, 2))).status).toBe(429);
    const answers = await Promise.all(ids.map((id) => add([id])));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 429, 429, 429, 429, 429]);
  });

  it('is free for users who have the user as a contact, such as friends', async () => {
    const [ada, bob, cleo, ...others] = (await directory.people(9)) as [
      TestPerson,
      TestPerson,
      TestPerson,
      ...TestPerson[],
    ];
    const { body: request } = await ada.call('POST', '/friend-requests', { userId: bob.id });
    await bob.call('POST', `/friend-requests/${request.id}/accept`);
    const ids = idsOf(others);
    const create = (members: string[]) => ada.call('POST', '/rooms', { name: 'Room', members });
    expect((await create([bob.id, ...ids.slice(0, 5)])).status).toBe(201);
    expect((await create([bob.id])).status).toBe(201);
    // Ada's own contacts have not agreed to anything.
    await ada.call('PUT', `/contacts/${cleo.id}`);
    expect((await create([cleo.id])).status).toBe(429);
    await cleo.call('PUT', `/contacts/${ada.id}`);
    expect((await create([cleo.id])).status).toBe(201);
    expect((await ada.call('POST', '/rooms', { kind: 'direct', userId: cleo.id })).status).toBe(201);
  });
});

describe('joining rooms', () => {
  it('over and over is refused on every path, while members and others stay unaffected', async () => {
    const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
    const { body: open } = await ada.call('POST', '/rooms', { name: 'Open' });
    const { body: other } = await ada.call('POST', '/rooms', { name: 'Other' });
    const { body: invite } = await ada.call('POST', `/rooms/${other.id}/invites`, {});
    const join = () => bob.call('POST', `/rooms/${open.id}/join`);
    for (let times = 0; times < 3; times++) {
      for (const again of [await join(), await join()]) expect(again.status).toBe(200);
      expect((await bob.call('POST', `/rooms/${open.id}/leave`)).status).toBeLessThan(300);
    }
    const joins = { code: 'rate_limit', limit: '3 per 10 minutes and user', setting: 'JOIN_RATE' };
    for (const refused of [
      await join(),
      await bob.call('POST', `/rooms/invites/${invite.token}/join`),
      await asked(directory.ask(calls.joinRoom, { userId: bob.id, roomId: open.id })),
    ])
      expect(refused).toMatchObject({ status: 429, body: joins });
    expect((await cleo.call('POST', `/rooms/invites/${invite.token}/join`)).status).toBe(200);
    now += windowMs;
    expect((await bob.call('POST', `/rooms/invites/${invite.token}/join`)).status).toBe(200);
  });
});

describe('friend requests', () => {
  it('and their cancellations share a limit; answers, repetitions and acceptances are free', async () => {
    const [ada, bob, ...others] = (await directory.people(6)) as [TestPerson, TestPerson, ...TestPerson[]];
    const send = (userId: string) => ada.call('POST', '/friend-requests', { userId });
    for (let times = 0; times < 2; times++) {
      const { body } = await send(bob.id);
      expect((await send(bob.id)).body.id).toBe(body.id);
      if (times === 0) expect((await ada.call('DELETE', `/friend-requests/${body.id}`)).status).toBe(204);
      else expect((await bob.call('POST', `/friend-requests/${body.id}/decline`)).status).toBe(204);
    }
    const { body: last } = await send(bob.id);
    for (const refused of [
      await send(others[0]?.id ?? ''),
      await ada.call('DELETE', `/friend-requests/${last.id}`),
      await callContract(ada, '/friendships/request', { friendId: others[0]?.id }),
    ])
      expect(refused).toMatchObject({ status: 429, body: requests });
    await others[1]?.call('POST', '/friend-requests', { userId: ada.id });
    expect((await send(others[1]?.id ?? '')).body.status).toBe('accepted');
    now += windowMs;
    expect((await ada.call('DELETE', `/friend-requests/${last.id}`)).status).toBe(204);
    expect((await send(others[0]?.id ?? '')).status).toBe(201);
  });
});
