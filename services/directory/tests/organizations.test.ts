import { calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson, versionsOf } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

const membersOf = async (roomId: string) =>
  (await directory.ask(calls.getRoomMembers, { roomId, limit: 100 })).members.map(({ userId, role }) => [
    userId,
    role,
  ]);

it('leaving an organization ends membership of its rooms, but not of other or direct rooms', async () => {
  const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  const { body: before } = await ada.call('POST', '/rooms', {
    kind: 'group',
    name: 'Before',
    members: [bob.id],
  });
  const org = newId();
  const [adaIn, bobIn] = [await directory.move(ada, org), await directory.move(bob, org)];
  const { body: within } = await adaIn.call('POST', '/rooms', {
    kind: 'group',
    name: 'Within',
    members: [bob.id],
  });
  const { body: direct } = await adaIn.call('POST', '/rooms', { kind: 'direct', userId: bob.id });
  expect((await bobIn.call('GET', `/rooms/${within.id}`)).status).toBe(200);
  const bobOut = await directory.move(bob, null);
  expect((await bobOut.call('GET', `/rooms/${within.id}`)).status).toBe(404);
  for (const room of [before, direct])
    expect((await bobOut.call('GET', `/rooms/${room.id}`)).status).toBe(200);
  const left = await directory.published(
    'member.left',
    ({ roomId, userId }) => roomId === within.id && userId === bob.id,
  );
  expect(left.data.reason).toBe('removed');
  expect((await bobOut.call('GET', '/users/me')).body.organizationId).toBeNull();
});

it('rooms of a leaving owner pass to the first admin, else the first member, else are deleted', async () => {
  const org = newId();
  const [owner, first, admin] = (await directory.people(3, org)) as [TestPerson, TestPerson, TestPerson];
  const make = async (name: string, members: TestPerson[]): Promise<string> => {
    const { body } = await owner.call('POST', '/rooms', { name });
    for (const one of members) await one.call('POST', `/rooms/${body.id}/join`);
    return body.id;
  };
  const administered = await make('Administered', [first, admin]);
  await owner.call('PUT', `/rooms/${administered}/members/${admin.id}/role`, { role: 'admin' });
  const plain = await make('Plain', [first, admin]);
  const empty = await make('Empty', []);
  await directory.move(owner, newId());
  expect(await membersOf(administered)).toEqual([
    [first.id, 'member'],
    [admin.id, 'owner'],
  ]);
  expect(await membersOf(plain)).toEqual([
    [first.id, 'owner'],
    [admin.id, 'member'],
  ]);
  expect((await first.call('GET', `/rooms/${plain}`)).body.ownerId).toBe(first.id);
  await directory.published('room.deleted', ({ roomId }) => roomId === empty);
  expect((await directory.ask(calls.getMemberships, { roomId: empty, userIds: [] })).room).toBeNull();
  await directory.published('member.left', ({ roomId }) => roomId === plain);
  const versions = versionsOf(directory.events, plain);
  expect(versions).toEqual(versions.map((_, index) => index + 1));
});

it('a redelivered old event does not remove users from rooms joined since', async () => {
  const [old, current] = [newId(), newId()];
  const ada = await directory.person();
  const start = Date.now();
  const change = (organizationId: string, now: number) =>
    directory.publish(
      'user.organization_changed',
      { userId: ada.id, organizationId, organizationRole: 'user' },
      now,
    );
  await change(old, start + 1);
  const adaNow = await directory.move(ada, current);
  const { body: room } = await adaNow.call('POST', '/rooms', { name: 'Current' });
  await change(old, start - 1_000);
  expect((await adaNow.call('GET', `/rooms/${room.id}`)).body).toMatchObject({ role: 'owner' });
  expect((await adaNow.call('GET', '/users/me')).body.organizationId).toBe(current);
});

it('a change for a user whose registration has not arrived is kept', async () => {
  const org = newId();
  const early = directory.stranger('early mover');
  const moved = await directory.move(early, org);
  expect((await moved.call('GET', '/users/me')).body.organizationId).toBe(org);
});

it('a change for an unknown user is ignored', async () => {
  await directory.publish('user.organization_changed', {
    userId: newId(),
    organizationId: newId(),
    organizationRole: 'user',
  });
  expect((await (await directory.person()).call('GET', '/users/me')).status).toBe(200);
});
