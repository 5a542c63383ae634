import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory({ MAX_ROOM_MEMBERS: '6', MAX_ROOMS_OWNED: '4' });
});
afterAll(() => directory.stop());

const roomIds = (answer: { body: { rooms: { id: string }[] } }) => answer.body.rooms.map(({ id }) => id);

describe('creating a room', () => {
  it('defaults to a public channel owned by its creator', async () => {
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
      earlierUnread: false,
      organizationId: null,
      ownerId: ada.id,
      createdBy: ada.id,
      memberCount: 1,
      role: 'owner',
      peer: null,
    });
  });

  it.each([
    '\u3164\u3164\u3164',
    '\u2800'.repeat(3),
    'two\nlines',
    'team\u2028x',
    '\u202emaet',
    'team\u200b',
    'a\u200db',
  ])('and renaming it or oneself refuse names with invisible characters: %j', async (name) => {
    const ada = await directory.person();
    const { body: room } = await ada.call('POST', '/rooms', { kind: 'group', name: 'visible' });
    const refused = { status: 422, body: { errors: [{ field: 'name' }] } };
    for (const kind of ['channel', 'group'])
      expect(await ada.call('POST', '/rooms', { kind, name })).toMatchObject(refused);
    expect(await ada.call('PATCH', `/rooms/${room.id}`, { name })).toMatchObject(refused);
    expect(await ada.call('PATCH', '/users/me', { name })).toMatchObject(refused);
  });

  it.each(['شیر\u200cین‌ها', 'ශ\u0dca\u200dරී ලංකා', 'Family 👨\u200d👩\u200d👧', 'With ❤\ufe0f'])(
    'keeps the joiners that its name needs: %j',
    async (name) => {
      const ada = await directory.person();
      expect((await ada.call('POST', '/rooms', { name })).body.name).toBe(name);
      expect((await ada.call('PATCH', '/users/me', { name })).body.name).toBe(name);
    },
  );

  it('always creates a group as private, with its members from the start, in one event', async () => {
    const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
    const members = [bob.id, cleo.id, bob.id, ada.id];
    const { body } = await ada.call('POST', '/rooms', {
      kind: 'group',
      name: 'G',
      isPrivate: false,
      members,
    });
    expect(body).toMatchObject({ kind: 'group', isPrivate: true, memberCount: 3 });
    const { data } = await directory.published('room.created', ({ room }) => room.id === body.id);
    expect(
      data.members.map(({ userId, role, version, canSend }) => [userId, role, version, canSend]),
    ).toEqual([
      [ada.id, 'owner', 1, true],
      [bob.id, 'member', 2, true],
      [cleo.id, 'member', 3, true],
    ]);
    expect(roomIds(await bob.call('GET', '/rooms?mine=true'))).toEqual([body.id]);
  });

  it('admits users whose registration has not arrived yet', async () => {
    const ada = directory.stranger('fresh ada');
    const bob = directory.stranger('fresh bob');
    const { status, body } = await ada.call('POST', '/rooms', {
      kind: 'group',
      name: 'Fresh',
      members: [bob.id],
    });
    expect({ status, memberCount: body.memberCount }).toEqual({ status: 201, memberCount: 2 });
  });

  it('uses the organization of its creator and admits only its users', async () => {
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
  ])('refuses %j by field', async (body, field) => {
    const ada = await directory.person();
    const answer = await ada.call('POST', '/rooms', body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].field).toBe(field);
  });

  it('stops at the limits on owned rooms, even concurrently, and on members', async () => {
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
  it('is the same for both users, and shows each the other', async () => {
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

  it('with oneself is 400, with an unknown or invisible user 404', async () => {
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
  it('are sorted newest first, and paged without gaps by cursor, or by number with a total', async () => {
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
    // Everyone sees public rooms outside organizations, which other tests created.
    expect(seen.filter((id) => made.includes(id))).toEqual(made);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(seen).not.toContain(hidden);
    const second = await ada.call('GET', '/rooms?limit=3&page=2');
    expect(roomIds(second)).toEqual(seen.slice(3, 6));
    expect(second.body.total).toBe(seen.length);
    expect(roomIds(await ada.call('GET', '/rooms?mine=true'))).toHaveLength(3);
    expect((await ada.call('GET', `/rooms?page=1&cursor=${newId()}`)).status).toBe(422);
  });

  it('of another user show only rooms that the caller may see', async () => {
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

describe('updating a room', () => {
  it('changes only the given fields and publishes an event', async () => {
    const ada = await directory.person();
    const { body: room } = await ada.call('POST', '/rooms', { name: 'Before', description: 'Kept' });
    const { body } = await ada.call('PATCH', `/rooms/${room.id}`, {
      name: ' After ',
      isPrivate: true,
      earlierUnread: true,
    });
    expect(body).toMatchObject({
      name: 'After',
      isPrivate: true,
      earlierUnread: true,
      description: 'Kept',
    });
    await directory.published(
      'room.updated',
      (data) =>
        data.room.id === room.id &&
        data.room.name === 'After' &&
        data.room.isPrivate &&
        !!data.room.earlierUnread,
    );
    expect(await ada.call('PATCH', `/rooms/${room.id}`, { name: 'x'.repeat(31) })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'name' }] },
    });
  });

  it('publishes the details that fit into an event', async () => {
    const ada = await directory.person();
    const { body: room } = await ada.call('POST', '/rooms', { name: 'Pictured' });
    const change = (picture: string) =>
      ada.call('PATCH', `/rooms/${room.id}`, { description: 'With a picture', picture });
    const published = (description: string, picture: string | undefined) =>
      directory.published(
        'room.updated',
        ({ room: { id }, details }) =>
          id === room.id && details?.description === description && details.picture === picture,
      );
    await change('/small.png');
    await published('With a picture', '/small.png');
    expect((await change('x'.repeat(60_000))).body.picture).toHaveLength(60_000);
    await published('With a picture', undefined);
  });

  it('cannot make a group public', async () => {
    const ada = await directory.person();
    const { body: room } = await ada.call('POST', '/rooms', { kind: 'group', name: 'G' });
    expect((await ada.call('PATCH', `/rooms/${room.id}`, { isPrivate: false })).body.code).toBe('room_kind');
    expect((await ada.call('PATCH', `/rooms/${room.id}`, { name: 'x'.repeat(100) })).status).toBe(200);
  });
});
