import { calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DirectoryTest, replay, startDirectory, versionsOf } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

const erase = (userId: string) => directory.publish('user.erased', { userId });
const membersOf = async (roomId: string) =>
  (await directory.ask(calls.getRoomMembers, { roomId, limit: 10 })).members;

describe('an erased user', () => {
  test('leaves every room; owned rooms pass to the first admin, else member, or are deleted', async () => {
    const [owner, member, admin] = await directory.people(3);
    if (!owner || !member || !admin) throw new Error('missing user');
    const make = async (name: string, members: string[]) =>
      (await owner.call('POST', '/rooms', { kind: 'group', name, members })).body.id;
    const [shared, alone] = [await make('shared', [member.id, admin.id]), await make('alone', [])];
    await owner.call('PUT', `/rooms/${shared}/members/${admin.id}/role`, { role: 'admin' });
    const { body: others } = await member.call('POST', '/rooms', {
      kind: 'group',
      name: 'others',
      members: [owner.id],
    });

    await erase(owner.id);
    expect((await membersOf(shared)).map(({ userId, role }) => [userId, role])).toEqual([
      [member.id, 'member'],
      [admin.id, 'owner'],
    ]);
    expect((await membersOf(others.id)).map(({ userId }) => userId)).toEqual([member.id]);
    await directory.published('room.deleted', ({ roomId }) => roomId === alone);
    await directory.published('profile.erased', ({ userId }) => userId === owner.id);
    expect([...replay(directory.events, shared).keys()].sort()).toEqual([member.id, admin.id].sort());
    const left = directory.events.filter(
      ({ type, data }) => type === 'member.left' && JSON.stringify(data).includes(owner.id),
    );
    expect(left.map(({ data }) => data)).toMatchObject([
      { username: 'deleted user' },
      { username: 'deleted user' },
    ]);
  });

  test('cannot be found, added or contacted; direct rooms stay with the other user, read-only', async () => {
    const [gone, friend] = [await directory.person('leaving-person'), await directory.person()];
    const { body: direct } = await friend.call('POST', '/rooms', { kind: 'direct', userId: gone.id });
    const { body: request } = await gone.call('POST', '/friend-requests', { userId: friend.id });
    await friend.call('POST', `/friend-requests/${request.id}/accept`);
    await gone.call('PATCH', '/users/me', { name: 'Full Name', jobTitle: 'spy' });

    await erase(gone.id);
    expect((await friend.call('GET', `/users/${gone.id}`)).status).toBe(404);
    for (const search of ['leaving', 'full', 'deleted'])
      expect((await friend.call('GET', `/users?search=${search}`)).body.users).toEqual([]);
    for (const list of ['contacts', 'friends'])
      expect((await friend.call('GET', `/${list}`)).body.users).toEqual([]);
    expect((await friend.call('PUT', `/contacts/${gone.id}`)).status).toBe(404);
    for (const [path, body] of [
      ['/friend-requests', { userId: gone.id }],
      ['/rooms', { kind: 'group', name: 'with an erased user', members: [gone.id] }],
    ] as const)
      expect([path, (await friend.call('POST', path, body)).status]).toEqual([path, 404]);
    // With a token that is still valid.
    expect((await gone.call('PATCH', '/users/me', { name: 'Back' })).status).toBe(404);
    expect((await gone.call('POST', '/rooms', { kind: 'group', name: 'mine', members: [] })).status).toBe(
      404,
    );
    expect((await friend.call('GET', `/rooms/${direct.id}`)).body.peer).toEqual({
      userId: gone.id,
      username: 'deleted user',
      name: 'deleted user',
    });
    expect((await membersOf(direct.id)).map(({ canSend }) => canSend)).toEqual([false, false]);
  });

  test('is not recreated by late events or a repeated erasure', async () => {
    const person = directory.stranger('late');
    await erase(person.id);
    const registered = {
      userId: person.id,
      username: 'late',
      name: 'Late',
      organizationId: newId(),
      organizationRole: 'user' as const,
      createdAt: new Date().toISOString(),
    };
    await directory.publish('user.registered', registered);
    await directory.publish('user.organization_changed', {
      userId: person.id,
      organizationId: newId(),
      organizationRole: 'user',
    });
    expect((await person.call('GET', '/users/me')).status).toBe(404);
    expect((await person.call('POST', '/rooms', { kind: 'group', name: 'mine', members: [] })).status).toBe(
      404,
    );
  });

  test('is not added to a room, and regains no name, by a concurrent change', async () => {
    for (let round = 0; round < 15; round++) {
      const [owner, person] = await directory.people(2);
      if (!owner || !person) throw new Error('missing user');
      const { body: room } = await owner.call('POST', '/rooms', {
        kind: 'channel',
        name: `open ${round}`,
        isPrivate: false,
      });
      const { body: direct } = await owner.call('POST', '/rooms', { kind: 'direct', userId: person.id });
      const join = () => person.call('POST', `/rooms/${room.id}/join`);
      await Promise.all([
        erase(person.id),
        join(),
        person.call('PATCH', '/users/me', { name: 'Back' }),
        join(),
      ]);
      expect((await owner.call('GET', `/rooms/${direct.id}`)).body.peer.name).toBe('deleted user');
      expect((await membersOf(room.id)).map(({ userId }) => userId)).toEqual([owner.id]);
      const versions = versionsOf(directory.events, room.id);
      expect(versions).toEqual(versions.map((_, index) => index + 1));
    }
  });
});
