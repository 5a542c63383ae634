import { newId } from '@parley/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
