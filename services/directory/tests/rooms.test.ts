import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DirectoryTest, replay, startDirectory, type TestPerson, versionsOf } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory({ MAX_ROOM_MEMBERS: '6', MAX_ROOMS_OWNED: '4' });
});
afterAll(() => directory.stop());

const roomIds = (answer: { body: { rooms: { id: string }[] } }) => answer.body.rooms.map(({ id }) => id);

describe('making a room', () => {
  it('without a kind it is a public channel, owned by its maker', async () => {
    const ada = await directory.person();
    const { status, body } = await ada.call('POST', '/rooms', {
      name: '  General  ',
      description: 'All of us',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      kind: 'channel',
      name: 'General',
      description: 'All of us',
      picture: '',
      isPrivate: false,
      organizationId: null,
      ownerId: ada.id,
      createdBy: ada.id,
      memberCount: 1,
      role: 'owner',
      peer: null,
    });
  });

  it('a group is private whatever was asked, and its members are in it from the start, told in one event', async () => {
    const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
    const members = [bob.id, cleo.id, bob.id, ada.id];
    const { body } = await ada.call('POST', '/rooms', {
      kind: 'group',
      name: 'G',
      isPrivate: false,
      members,
    });
    expect(body).toMatchObject({ kind: 'group', isPrivate: true, memberCount: 3 });
    const { data } = await directory.heard('room.created', ({ room }) => room.id === body.id);
    expect(
      data.members.map(({ userId, role, version, canSend }) => [userId, role, version, canSend]),
    ).toEqual([
      [ada.id, 'owner', 1, true],
      [bob.id, 'member', 2, true],
      [cleo.id, 'member', 3, true],
    ]);
    expect(roomIds(await bob.call('GET', '/rooms?mine=true'))).toEqual([body.id]);
  });

  it('brings people in whose registration has not arrived yet', async () => {
    const ada = directory.stranger('fresh ada');
    const bob = directory.stranger('fresh bob');
    const { status, body } = await ada.call('POST', '/rooms', {
      kind: 'group',
      name: 'Fresh',
      members: [bob.id],
    });
    expect({ status, memberCount: body.memberCount }).toEqual({ status: 201, memberCount: 2 });
  });

  it('belongs to the organization of its maker, and takes people of it alone', async () => {
    const org = newId();
    const ada = await directory.person(undefined, org);
    const bob = await directory.person(undefined, org);
    const other = await directory.person();
    expect((await ada.call('POST', '/rooms', { name: 'Ours', members: [bob.id] })).body.organizationId).toBe(
      org,
    );
    expect((await ada.call('POST', '/rooms', { name: 'Ours', members: [bob.id, other.id] })).body.code).toBe(
      'user_not_found',
    );
  });

  it.each([
    [{}, 'name'],
    [{ name: 'ab' }, 'name'],
    [{ name: ` ${'x'.repeat(31)}` }, 'name'],
    [{ name: 'a\u0000bc' }, 'name'],
    [{ kind: 'group', name: ' ' }, 'name'],
    [{ kind: 'direct' }, 'userId'],
    [{ kind: 'party', name: 'Room' }, 'kind'],
    [{ name: 'Room', isPrivate: 'yes' }, 'isPrivate'],
    [{ name: 'Room', picture: 7 }, 'picture'],
    [{ name: 'Room', members: ['me'] }, 'members.0'],
  ])('refuses %j and names the field', async (body, field) => {
    const ada = await directory.person();
    const answer = await ada.call('POST', '/rooms', body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].field).toBe(field);
  });

  it('stops at the limits on rooms owned, however many are made at once, and on members', async () => {
    const [ada, ...others] = (await directory.people(8)) as [TestPerson, ...TestPerson[]];
    const answers = await Promise.all(
      Array.from({ length: 7 }, () => ada.call('POST', '/rooms', { name: 'Mine' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
    expect(answers.filter(({ body }) => body.code === 'limit_reached')).toHaveLength(3);
    const [bob, ...rest] = others as [TestPerson, ...TestPerson[]];
    expect(
      (await bob.call('POST', '/rooms', { name: 'Full', members: rest.map(({ id }) => id) })).body,
    ).toMatchObject({
      code: 'limit_reached',
      limit: '6 members per room',
      setting: 'MAX_ROOM_MEMBERS',
    });
    const { body: room } = await bob.call('POST', '/rooms', {
      name: 'Full',
      members: rest.slice(0, 4).map(({ id }) => id),
    });
    const joins = await Promise.all(
      rest
        .slice(4)
        .concat(ada)
        .map((one) => one.call('POST', `/rooms/${room.id}/join`)),
    );
    expect(joins.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });
});

describe('a direct room', () => {
  it('is one for its two people, whoever opens it, and shows each the other', async () => {
    const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
    const first = await ada.call('POST', '/rooms', { kind: 'direct', userId: bob.id });
    const second = await bob.call('POST', '/rooms', { kind: 'direct', userId: ada.id });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.id).toBe(first.body.id);
    expect(first.body).toMatchObject({
      name: null,
      isPrivate: true,
      ownerId: null,
      role: 'member',
      peer: { userId: bob.id },
    });
    expect(second.body.peer).toMatchObject({ userId: ada.id, username: ada.username });
  });

  it('with oneself is 400, with nobody or somebody invisible 404', async () => {
    const ada = await directory.person();
    const hidden = await directory.person(undefined, newId());
    expect((await ada.call('POST', '/rooms', { kind: 'direct', userId: ada.id })).body.code).toBe(
      'self_reference',
    );
    for (const id of [newId(), hidden.id]) {
      expect((await ada.call('POST', '/rooms', { kind: 'direct', userId: id })).body.code).toBe(
        'user_not_found',
      );
    }
  });
});

describe('lists of rooms', () => {
  it('show newest first, page by cursor without gaps or repeats, and by number with a total', async () => {
    const org = newId();
    const [ada, bob] = (await directory.people(2, org)) as [TestPerson, TestPerson];
    const made: string[] = [];
    let hidden = '';
    for (const [person, isPrivate] of [
      [ada, false],
      [bob, false],
      [ada, true],
      [bob, true],
      [ada, false],
    ] as const) {
      const { body } = await person.call('POST', '/rooms', { name: 'Room', isPrivate });
      if (person === bob && isPrivate) hidden = body.id;
      else made.unshift(body.id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const answer = await ada.call('GET', `/rooms?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...roomIds(answer));
      cursor = answer.body.nextCursor;
    } while (cursor);
    // Public rooms outside organizations, which other tests made, are everybody's to see.
    expect(seen.filter((id) => made.includes(id))).toEqual(made);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(seen).not.toContain(hidden);
    const second = await ada.call('GET', '/rooms?limit=3&page=2');
    expect(roomIds(second)).toEqual(seen.slice(3, 6));
    expect(second.body.total).toBe(seen.length);
    expect(roomIds(await ada.call('GET', '/rooms?mine=true'))).toHaveLength(3);
    expect((await ada.call('GET', `/rooms?page=1&cursor=${newId()}`)).status).toBe(422);
  });

  it("of another user's rooms show what the caller may see", async () => {
    const org = newId();
    const [ada, bob] = (await directory.people(2, org)) as [TestPerson, TestPerson];
    const open = (await bob.call('POST', '/rooms', { name: 'Open' })).body.id;
    await bob.call('POST', '/rooms', { name: 'Secret', isPrivate: true });
    const shared = (await bob.call('POST', '/rooms', { kind: 'group', name: 'Shared', members: [ada.id] }))
      .body.id;
    const answer = await ada.call('GET', `/users/${bob.id}/rooms`);
    expect(roomIds(answer)).toEqual([shared, open]);
    expect(answer.body.rooms.map((room: { role: string | null }) => room.role)).toEqual(['member', null]);
    expect((await ada.call('GET', `/users/${newId()}/rooms`)).status).toBe(404);
  });
});

describe('changing a room', () => {
  it('changes what is named; others are told', async () => {
    const ada = await directory.person();
    const { body: room } = await ada.call('POST', '/rooms', { name: 'Before', description: 'Kept' });
    const { body } = await ada.call('PATCH', `/rooms/${room.id}`, { name: ' After ', isPrivate: true });
    expect(body).toMatchObject({ name: 'After', isPrivate: true, description: 'Kept' });
    await directory.heard(
      'room.updated',
      (data) => data.room.id === room.id && data.room.name === 'After' && data.room.isPrivate,
    );
    expect(await ada.call('PATCH', `/rooms/${room.id}`, { name: 'x'.repeat(31) })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'name' }] },
    });
  });

  it('a group cannot become public', async () => {
    const ada = await directory.person();
    const { body: room } = await ada.call('POST', '/rooms', { kind: 'group', name: 'G' });
    expect((await ada.call('PATCH', `/rooms/${room.id}`, { isPrivate: false })).body.code).toBe('room_kind');
    expect((await ada.call('PATCH', `/rooms/${room.id}`, { name: 'x'.repeat(100) })).status).toBe(200);
  });
});

describe('members', () => {
  it('join, are added, promoted, removed and leave; repeated calls change and tell nothing; events alone give the same members', async () => {
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
    const left = await directory.heard(
      'member.left',
      ({ roomId, userId }) => roomId === room.id && userId === cleo.id,
    );
    expect(left.data).toMatchObject({ username: cleo.username, reason: 'left' });
    expect(versionsOf(directory.told, room.id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([...replay(directory.told, room.id).values()].map(({ userId, role }) => [userId, role])).toEqual([
      [ada.id, 'owner'],
      [bob.id, 'admin'],
    ]);
    const removed = await directory.heard(
      'member.left',
      ({ roomId, userId }) => roomId === room.id && userId === dan.id,
    );
    expect(removed.data.reason).toBe('removed');
    const joined = directory.told.flatMap((event) =>
      event.type === 'member.joined' && event.data.roomId === room.id ? [event.data] : [],
    );
    expect(joined.map(({ membership, addedBy }) => [membership.userId, addedBy?.userId ?? null])).toEqual([
      [bob.id, null],
      [cleo.id, ada.id],
      [dan.id, ada.id],
    ]);
  });

  it('page in the order they joined, without gaps or repeats', async () => {
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
    expect(seen.sort()).toEqual(people.map(({ id }) => id).sort());
    const forged = Buffer.from(JSON.stringify(['yesterday', ada.id])).toString('base64url');
    expect((await ada.call('GET', `/rooms/${room.id}/members?cursor=${forged}`)).status).toBe(422);
  });

  it('an unknown one is not added, and then nobody is', async () => {
    const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
    const { body: room } = await ada.call('POST', '/rooms', { name: 'Whole' });
    expect(
      (await ada.call('POST', `/rooms/${room.id}/members`, { userIds: [bob.id, newId()] })).body.code,
    ).toBe('user_not_found');
    expect((await bob.call('GET', `/rooms/${room.id}/members`)).status).toBe(403);
  });

  it('a deleted room is gone with its members and invites', async () => {
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
    expect(roomIds(await bob.call('GET', '/rooms?mine=true'))).toEqual([]);
    await eventually(() =>
      expect(directory.told.at(-1)).toMatchObject({
        type: 'room.deleted',
        data: { roomId: room.id, by: ada.id },
      }),
    );
  });
});
