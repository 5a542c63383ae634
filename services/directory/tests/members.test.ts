import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DirectoryTest, replay, startDirectory, type TestPerson, versionsOf } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

describe('members', () => {
  it('join, are added, promoted, removed and leave, idempotently; events alone reproduce them', async () => {
    const [ada, bob, cleo, dan] = (await directory.people(4)) as [
      TestPerson,
      TestPerson,
      TestPerson,
      TestPerson,
    ];
    const { body: room } = await ada.call('POST', '/rooms', { name: 'Life' });
    const path = `/rooms/${room.id}`;
    for (let time = 0; time < 2; time++)
      expect((await bob.call('POST', `${path}/join`)).body).toMatchObject({ memberCount: 2, role: 'member' });
    for (let time = 0; time < 2; time++) {
      const added = await ada.call('POST', `${path}/members`, {
        userIds: [cleo.id, dan.id, bob.id, cleo.id],
      });
      expect(added.body.memberCount).toBe(4);
    }
    for (let time = 0; time < 2; time++)
      expect((await ada.call('PUT', `${path}/members/${bob.id}/role`, { role: 'admin' })).status).toBe(204);
    expect((await bob.call('DELETE', `${path}/members/${dan.id}`)).status).toBe(204);
    expect(await cleo.call('POST', `${path}/leave`)).toEqual({
      status: 200,
      body: { success: true, message: expect.any(String) },
    });
    const { body } = await ada.call('GET', `${path}/members`);
    expect(
      body.members.map((member: { userId: string; role: string }) => [member.userId, member.role]),
    ).toEqual([
      [ada.id, 'owner'],
      [bob.id, 'admin'],
    ]);
    const left = await directory.published(
      'member.left',
      ({ roomId, userId }) => roomId === room.id && userId === cleo.id,
    );
    expect(left.data).toMatchObject({ username: cleo.username, reason: 'left' });
    expect(versionsOf(directory.events, room.id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([...replay(directory.events, room.id).values()].map(({ userId, role }) => [userId, role])).toEqual(
      [
        [ada.id, 'owner'],
        [bob.id, 'admin'],
      ],
    );
    const removed = await directory.published(
      'member.left',
      ({ roomId, userId }) => roomId === room.id && userId === dan.id,
    );
    expect(removed.data.reason).toBe('removed');
    const joined = directory.events.flatMap((event) =>
      event.type === 'member.joined' && event.data.roomId === room.id ? [event.data] : [],
    );
    expect(joined.map(({ membership, addedBy }) => [membership.userId, addedBy?.userId ?? null])).toEqual([
      [bob.id, null],
      [cleo.id, ada.id],
      [dan.id, ada.id],
    ]);
  });

  it('are paged in the order they joined, without gaps or repeats', async () => {
    const people = (await directory.people(5)) as [TestPerson, ...TestPerson[]];
    const [ada, ...others] = people;
    const { body: room } = await ada.call('POST', '/rooms', {
      name: 'Paged',
      members: others.map(({ id }) => id),
    });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await ada.call(
        'GET',
        `/rooms/${room.id}/members?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      seen.push(...body.members.map((member: { userId: string }) => member.userId));
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(people.map(({ id }) => id).sort());
    const forged = Buffer.from(JSON.stringify(['yesterday', ada.id])).toString('base64url');
    expect((await ada.call('GET', `/rooms/${room.id}/members?cursor=${forged}`)).status).toBe(422);
  });

  it('are not added if one of them is unknown', async () => {
    const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
    const { body: room } = await ada.call('POST', '/rooms', { name: 'Whole' });
    expect(
      (await ada.call('POST', `/rooms/${room.id}/members`, { userIds: [bob.id, newId()] })).body.code,
    ).toBe('user_not_found');
    expect((await bob.call('GET', `/rooms/${room.id}/members`)).status).toBe(403);
  });

  it('are deleted with their room, like its invites', async () => {
    const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
    const { body: room } = await ada.call('POST', '/rooms', {
      kind: 'group',
      name: 'Short',
      members: [bob.id],
    });
    const { body: invite } = await ada.call('POST', `/rooms/${room.id}/invites`, {});
    expect((await ada.call('DELETE', `/rooms/${room.id}`)).status).toBe(204);
    expect((await bob.call('GET', `/rooms/${room.id}`)).status).toBe(404);
    expect((await bob.call('POST', `/rooms/invites/${invite.token}/join`)).body.code).toBe(
      'invite_not_found',
    );
    expect((await bob.call('GET', '/rooms?mine=true')).body.rooms).toEqual([]);
    await eventually(() =>
      expect(directory.events.at(-1)).toMatchObject({
        type: 'room.deleted',
        data: { roomId: room.id, by: ada.id },
      }),
    );
  });
});
