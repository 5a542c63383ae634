import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

let directory: DirectoryTest;
const actors = ['owner', 'admin', 'member', 'outsider', 'foreigner', 'loner'] as const;
type Actor = (typeof actors)[number];
let people: Record<Actor | 'target' | 'newcomer', TestPerson>;
const organizationId = newId();

beforeAll(async () => {
  directory = await startDirectory({ MAX_ROOMS_OWNED: '10000', ADD_USERS_RATE: 'off', JOIN_RATE: 'off' });
  people = {
    owner: await directory.person('owner', organizationId),
    admin: await directory.person('admin', organizationId),
    member: await directory.person('member', organizationId),
    /** In the organization, but not in the room. */
    outsider: await directory.person('outsider', organizationId),
    /** In another organization. */
    foreigner: await directory.person('foreigner', newId()),
    /** In no organization. */
    loner: await directory.person('loner'),
    target: await directory.person('target', organizationId),
    newcomer: await directory.person('newcomer', organizationId),
  };
});
afterAll(() => directory.stop());

interface TestRoom {
  id: string;
  inviteId: string;
}

async function makeRoom(kind: 'channel' | 'group', isPrivate: boolean): Promise<TestRoom> {
  const { owner, admin, member, target } = people;
  const members = [admin.id, member.id, target.id];
  const { body: room } = await owner.call('POST', '/rooms', { kind, name: 'A room', isPrivate, members });
  expect(
    (await owner.call('PUT', `/rooms/${room.id}/members/${admin.id}/role`, { role: 'admin' })).status,
  ).toBe(204);
  const { body: invite } = await owner.call('POST', `/rooms/${room.id}/invites`, {});
  return { id: room.id, inviteId: invite.id };
}

type Attempt = (actor: TestPerson, room: TestRoom) => Promise<Answer>;
interface Rule {
  attempt: Attempt;
  owner: number;
  admin: number;
  member: number;
  /** For a public channel. For a private room, every non-member gets 404. */
  outsider: number;
}

const rules: Record<string, Rule> = {
  'see the room': {
    attempt: (actor, { id }) => actor.call('GET', `/rooms/${id}`),
    owner: 200,
    admin: 200,
    member: 200,
    outsider: 200,
  },
  'change it': {
    attempt: (actor, { id }) => actor.call('PATCH', `/rooms/${id}`, { name: 'Another' }),
    owner: 200,
    admin: 200,
    member: 403,
    outsider: 403,
  },
  'delete it': {
    attempt: (actor, { id }) => actor.call('DELETE', `/rooms/${id}`),
    owner: 204,
    admin: 403,
    member: 403,
    outsider: 403,
  },
  'join it': {
    attempt: (actor, { id }) => actor.call('POST', `/rooms/${id}/join`),
    owner: 200,
    admin: 200,
    member: 200,
    outsider: 200,
  },
  'leave it': {
    attempt: (actor, { id }) => actor.call('POST', `/rooms/${id}/leave`),
    owner: 409,
    admin: 200,
    member: 200,
    outsider: 403,
  },
  'list members': {
    attempt: (actor, { id }) => actor.call('GET', `/rooms/${id}/members`),
    owner: 200,
    admin: 200,
    member: 200,
    outsider: 403,
  },
  'add members': {
    attempt: (actor, { id }) => actor.call('POST', `/rooms/${id}/members`, { userIds: [people.newcomer.id] }),
    owner: 200,
    admin: 200,
    member: 403,
    outsider: 403,
  },
  'remove a member': {
    attempt: (actor, { id }) => actor.call('DELETE', `/rooms/${id}/members/${people.target.id}`),
    owner: 204,
    admin: 204,
    member: 403,
    outsider: 403,
  },
  'ban a member': {
    attempt: (actor, { id }) => actor.call('POST', `/rooms/${id}/bans`, { userId: people.target.id }),
    owner: 201,
    admin: 201,
    member: 403,
    outsider: 403,
  },
  'list bans': {
    attempt: (actor, { id }) => actor.call('GET', `/rooms/${id}/bans`),
    owner: 200,
    admin: 200,
    member: 403,
    outsider: 403,
  },
  'lift a ban': {
    attempt: (actor, { id }) => actor.call('DELETE', `/rooms/${id}/bans/${people.newcomer.id}`),
    owner: 204,
    admin: 204,
    member: 403,
    outsider: 403,
  },
  'set a role': {
    attempt: (actor, { id }) =>
      actor.call('PUT', `/rooms/${id}/members/${people.target.id}/role`, { role: 'admin' }),
    owner: 204,
    admin: 403,
    member: 403,
    outsider: 403,
  },
  'hand it over': {
    attempt: (actor, { id }) => actor.call('POST', `/rooms/${id}/owner`, { userId: people.target.id }),
    owner: 200,
    admin: 403,
    member: 403,
    outsider: 403,
  },
  'make an invite': {
    attempt: (actor, { id }) => actor.call('POST', `/rooms/${id}/invites`, {}),
    owner: 201,
    admin: 403,
    member: 403,
    outsider: 403,
  },
  'list invites': {
    attempt: (actor, { id }) => actor.call('GET', `/rooms/${id}/invites`),
    owner: 200,
    admin: 200,
    member: 403,
    outsider: 403,
  },
  'revoke an invite': {
    attempt: (actor, { id, inviteId }) => actor.call('DELETE', `/rooms/${id}/invites/${inviteId}`),
    owner: 204,
    admin: 204,
    member: 403,
    outsider: 403,
  },
};

function expected(rule: Rule, actor: Actor, isPrivate: boolean): number {
  if (actor === 'foreigner' || actor === 'loner') return 404;
  return actor === 'outsider' && isPrivate ? 404 : rule[actor];
}

const rooms = [
  { what: 'a public channel', kind: 'channel', isPrivate: false },
  { what: 'a private channel', kind: 'channel', isPrivate: true },
  { what: 'a group', kind: 'group', isPrivate: true },
] as const;

describe.each(rooms)('permissions in $what of an organization', ({ kind, isPrivate }) => {
  it.each(Object.entries(rules))('allow exactly the right roles to %s', async (_name, rule) => {
    let room = await makeRoom(kind, isPrivate);
    for (const actor of actors) {
      const answer = await rule.attempt(people[actor], room);
      expect({ actor, status: answer.status }).toEqual({ actor, status: expected(rule, actor, isPrivate) });
      if (answer.status === 403) expect(answer.body.code).toBe('not_authorized');
      if (answer.status === 404) expect(answer.body.code).toBe('room_not_found');
      if (answer.status === 409) expect(answer.body.code).toBe('owner_cannot_leave');
      // A refused attempt has changed nothing, so the next actor finds the same room.
      if (answer.status < 300) room = await makeRoom(kind, isPrivate);
    }
  });

  it('hide it from the lists of users who may not see it', async () => {
    const { id } = await makeRoom(kind, isPrivate);
    for (const actor of actors) {
      const shows = !(actor === 'foreigner' || actor === 'loner' || (actor === 'outsider' && isPrivate));
      for (const path of [
        '/rooms?limit=200',
        '/rooms?page=1&limit=200',
        `/users/${people.owner.id}/rooms?limit=200`,
      ]) {
        const { body } = await people[actor].call('GET', path);
        const listed: { id: string }[] = body.rooms ?? [];
        expect({ actor, path, listed: listed.some((room) => room.id === id) }).toEqual({
          actor,
          path,
          listed: shows,
        });
      }
    }
  });
});

describe('ranks', () => {
  it('let the owner remove admins, but not admins remove admins or the owner', async () => {
    const { owner, admin, target } = people;
    const { id } = await makeRoom('channel', false);
    await owner.call('PUT', `/rooms/${id}/members/${target.id}/role`, { role: 'admin' });
    expect((await admin.call('DELETE', `/rooms/${id}/members/${target.id}`)).status).toBe(403);
    expect((await admin.call('DELETE', `/rooms/${id}/members/${owner.id}`)).status).toBe(403);
    expect((await owner.call('DELETE', `/rooms/${id}/members/${target.id}`)).status).toBe(204);
    expect((await owner.call('DELETE', `/rooms/${id}/members/${target.id}`)).body.code).toBe(
      'user_not_found',
    );
  });

  it('treat removing oneself as leaving, which the owner and the last member cannot', async () => {
    const { owner, admin, member } = people;
    const { id } = await makeRoom('group', true);
    expect((await owner.call('DELETE', `/rooms/${id}/members/${owner.id}`)).body.code).toBe(
      'owner_cannot_leave',
    );
    expect((await member.call('DELETE', `/rooms/${id}/members/${member.id}`)).status).toBe(204);
    expect((await admin.call('DELETE', `/rooms/${id}/members/${admin.id}`)).status).toBe(204);
    const { body: alone } = await owner.call('POST', '/rooms', { kind: 'group', name: 'Alone' });
    expect((await owner.call('DELETE', `/rooms/${alone.id}/members/${owner.id}`)).body.code).toBe(
      'last_member',
    );
  });

  it('keep a previous owner as admin, and let only the new owner delete the room', async () => {
    const { owner, target } = people;
    const { id } = await makeRoom('channel', false);
    const { body } = await owner.call('POST', `/rooms/${id}/owner`, { userId: target.id });
    expect(body).toMatchObject({ ownerId: target.id, role: 'admin' });
    expect((await owner.call('DELETE', `/rooms/${id}`)).status).toBe(403);
    expect(
      (await target.call('PUT', `/rooms/${id}/members/${target.id}/role`, { role: 'member' })).body.code,
    ).toBe('self_reference');
    expect((await target.call('DELETE', `/rooms/${id}`)).status).toBe(204);
  });

  it('do not allow leaving, adding, removing, inviting, changing or deleting in a direct room', async () => {
    const { owner, target, member } = people;
    const { body: room } = await owner.call('POST', '/rooms', { kind: 'direct', userId: target.id });
    for (const [method, path, body] of [
      ['POST', '/leave', undefined],
      ['POST', '/members', { userIds: [member.id] }],
      ['DELETE', `/members/${target.id}`, undefined],
      ['POST', '/bans', { userId: target.id }],
      ['GET', '/bans', undefined],
      ['DELETE', `/bans/${target.id}`, undefined],
      ['DELETE', `/members/${owner.id}`, undefined],
      ['PUT', `/members/${target.id}/role`, { role: 'admin' }],
      ['POST', '/owner', { userId: target.id }],
      ['POST', '/invites', {}],
      ['GET', '/invites', undefined],
      ['PATCH', '', { name: 'Ours' }],
      ['DELETE', '', undefined],
    ] as const) {
      expect(await owner.call(method, `/rooms/${room.id}${path}`, body)).toMatchObject({
        status: 409,
        body: { code: 'room_kind' },
      });
    }
    expect((await member.call('GET', `/rooms/${room.id}`)).status).toBe(404);
  });
});
