import { connectDatabase } from '@parley/database';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invitesMigration } from '../migrations/0006-invites.ts';
import { type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

let now = Date.now();
let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory({ MAX_INVITES: '3' }, { clock: () => now });
});
afterAll(() => directory.stop());

async function invitation(options: object = {}, organizationId: string | null = null) {
  const owner = await directory.person(undefined, organizationId);
  const { body: room } = await owner.call('POST', '/rooms', { name: 'Closed', isPrivate: true });
  const { status, body: invite } = await owner.call('POST', `/rooms/${room.id}/invites`, options);
  expect(status).toBe(201);
  return {
    owner,
    room,
    invite,
    path: `/rooms/invites/${invite.token}/join`,
    list: `/rooms/${room.id}/invites`,
  };
}
const refused = { status: 404, body: { code: 'invite_not_found' } };

it('an invite admits to a private room, and its token is returned only once', async () => {
  const { owner, room, invite, path, list } = await invitation();
  expect(Buffer.from(invite.token, 'base64url').length).toBeGreaterThanOrEqual(16);
  expect(Date.parse(invite.expiresAt) - Date.parse(invite.createdAt)).toBe(7 * 86_400_000);
  const guest = await directory.person();
  expect(await guest.call('POST', path)).toMatchObject({
    status: 200,
    body: { id: room.id, role: 'member' },
  });
  const { body } = await owner.call('GET', list);
  const { token: _, ...rest } = invite;
  expect(body.invites).toEqual([{ ...rest, uses: 1 }]);
  expect(JSON.stringify(body)).not.toContain(invite.token);
});

it('a body is optional', async () => {
  const owner = await directory.person();
  const { body: room } = await owner.call('POST', '/rooms', { name: 'Closed', isPrivate: true });
  expect((await owner.call('POST', `/rooms/${room.id}/invites`)).status).toBe(201);
});

it('an existing member uses up nothing, even with a spent invite', async () => {
  const { owner, invite, path, list } = await invitation({ maxUses: 2 });
  const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
  for (let time = 0; time < 3; time++) expect((await ada.call('POST', path)).status).toBe(200);
  expect((await owner.call('GET', list)).body.invites[0]).toMatchObject({ id: invite.id, uses: 1 });
  expect((await bob.call('POST', path)).status).toBe(200);
  expect(await cleo.call('POST', path)).toMatchObject(refused);
  expect((await ada.call('POST', path)).status).toBe(200);
  expect((await owner.call('GET', list)).body.invites).toEqual([]);
});

it('a single-use invite admits exactly one of 50 concurrent users', async () => {
  const { owner, room, path } = await invitation({ maxUses: 1 });
  const crowd = await directory.people(50);
  const answers = await Promise.all(crowd.map((one) => one.call('POST', path)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ body }) => body.code === 'invite_not_found')).toHaveLength(49);
  expect((await owner.call('GET', `/rooms/${room.id}`)).body.memberCount).toBe(2);
});

it('expired, revoked and unknown invites are the same 404', async () => {
  const guest = await directory.person();
  const short = await invitation({ expiresInSeconds: 60 });
  now += 60_001;
  expect(await guest.call('POST', short.path)).toMatchObject(refused);
  const revoked = await invitation();
  expect((await revoked.owner.call('DELETE', `${revoked.list}/${revoked.invite.id}`)).status).toBe(204);
  expect(await revoked.owner.call('DELETE', `${revoked.list}/${revoked.invite.id}`)).toMatchObject(refused);
  expect(await guest.call('POST', revoked.path)).toMatchObject(refused);
  for (const token of ['x', '%00', 'é', 'a'.repeat(2_000)]) {
    expect(await guest.call('POST', `/rooms/invites/${token}/join`)).toMatchObject(refused);
  }
});

it('an invite cannot be revoked through another room', async () => {
  const { owner, invite, path } = await invitation();
  const { body: other } = await owner.call('POST', '/rooms', { name: 'Other' });
  expect(await owner.call('DELETE', `/rooms/${other.id}/invites/${invite.id}`)).toMatchObject(refused);
  expect((await (await directory.person()).call('POST', path)).status).toBe(200);
});

it('an invite of an organization does not work outside it', async () => {
  const org = newId();
  const { path } = await invitation({}, org);
  expect(await (await directory.person()).call('POST', path)).toMatchObject(refused);
  expect(await (await directory.person(undefined, newId())).call('POST', path)).toMatchObject(refused);
  expect((await (await directory.person(undefined, org)).call('POST', path)).status).toBe(200);
});

it('usable invites per room are limited, even concurrently; expired ones do not count', async () => {
  const owner = await directory.person();
  const { body: room } = await owner.call('POST', '/rooms', { name: 'Closed', isPrivate: true });
  const make = () => owner.call('POST', `/rooms/${room.id}/invites`, { expiresInSeconds: 60 });
  const answers = await Promise.all(Array.from({ length: 6 }, make));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409]);
  now += 60_001;
  expect((await make()).status).toBe(201);
});

it.each([{ expiresInSeconds: 0 }, { maxUses: 0 }, { maxUses: 1.5 }, { expiresInSeconds: '60' }])(
  'invalid invite %j is refused',
  async (options) => {
    const owner = await directory.person();
    const { body: room } = await owner.call('POST', '/rooms', { name: 'Closed', isPrivate: true });
    expect((await owner.call('POST', `/rooms/${room.id}/invites`, options)).status).toBe(422);
  },
);

describe('an invite ends with the right to create it', () => {
  type Invitation = Awaited<ReturnType<typeof invitation>>;
  const endings: [string, string | null, (given: Invitation, heir: TestPerson) => Promise<void>][] = [
    [
      'transfers the room',
      null,
      async ({ owner, room }, heir) => {
        await owner.call('POST', `/rooms/${room.id}/owner`, { userId: heir.id });
      },
    ],
    ['is erased', null, ({ owner }) => directory.publish('user.erased', { userId: owner.id })],
    ['changes organization', newId(), async ({ owner }) => void (await directory.move(owner, newId()))],
  ];
  const withHeir = async (organizationId: string | null) => {
    const given = await invitation({}, organizationId);
    const [heir, guest] = (await directory.people(2, organizationId)) as [TestPerson, TestPerson];
    await given.owner.call('POST', `/rooms/${given.room.id}/members`, { userIds: [heir.id] });
    return { ...given, heir, guest };
  };

  it.each(endings)('when its creator %s', async (_how, organizationId, end) => {
    const { heir, guest, ...given } = await withHeir(organizationId);
    await end(given, heir);
    expect(await guest.call('POST', given.path)).toMatchObject(refused);
    const { status, body } = await heir.call('GET', given.list);
    expect({ status, invites: body.invites }).toEqual({ status: 200, invites: [] });
    const { token } = (await heir.call('POST', given.list)).body;
    expect((await guest.call('POST', `/rooms/invites/${token}/join`)).status).toBe(200);
  });

  it('so a former owner does not return with an own invite, nor with a role regained', async () => {
    const { owner, room, heir, path } = await withHeir(null);
    await owner.call('POST', `/rooms/${room.id}/owner`, { userId: heir.id });
    await owner.call('POST', `/rooms/${room.id}/leave`);
    expect(await owner.call('POST', path)).toMatchObject(refused);
    await heir.call('POST', `/rooms/${room.id}/members`, { userIds: [owner.id] });
    await heir.call('POST', `/rooms/${room.id}/owner`, { userId: owner.id });
    expect(await (await directory.person()).call('POST', path)).toMatchObject(refused);
  });

  it('even if the join races with the transfer: whoever joined did so before it', async () => {
    const { owner, room, heir, path } = await withHeir(null);
    const guests = await directory.people(8);
    const [, ...answers] = await Promise.all([
      owner.call('POST', `/rooms/${room.id}/owner`, { userId: heir.id }),
      ...guests.map((guest) => guest.call('POST', path)),
    ]);
    const admitted = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ body }) => body.code === 'invite_not_found')).toHaveLength(8 - admitted);
    expect((await heir.call('GET', `/rooms/${room.id}`)).body.memberCount).toBe(2 + admitted);
    expect(await (await directory.person()).call('POST', path)).toMatchObject(refused);
  });

  it('even if an earlier release left it: its use checks the creator; the migration ends it', async () => {
    const { invite, heir, guest, path, owner } = await withHeir(null);
    const db = connectDatabase({ url: directory.databaseUrl, schema: 'directory' });
    try {
      const row = db('invites').where({ id: invite.id });
      await row.clone().update({ created_by: heir.id });
      expect(await guest.call('POST', path)).toMatchObject(refused);
      await db.transaction(async (trx) => {
        await trx.raw('drop index invites_by_creator');
        await invitesMigration.up(trx);
      });
      await row.clone().update({ created_by: owner.id });
      expect(await guest.call('POST', path)).toMatchObject(refused);
    } finally {
      await db.destroy();
    }
  });

  it('at once when its creator leaves the organization, before a successor is appointed', async () => {
    const organizationId = newId();
    const { owner, guest, path } = await withHeir(organizationId);
    const db = connectDatabase({ url: directory.databaseUrl, schema: 'directory' });
    try {
      await db('profiles').where({ id: owner.id }).update({ organization_id: null });
      expect(await guest.call('POST', path)).toMatchObject(refused);
    } finally {
      await db.destroy();
    }
  });
});
