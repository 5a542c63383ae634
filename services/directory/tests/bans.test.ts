import { calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson, versionsOf } from './harness.ts';

let now = Date.now();
let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory({ MAX_ROOM_MEMBERS: '6' }, { clock: () => now });
});
afterAll(() => directory.stop());

interface Scene {
  owner: TestPerson;
  bob: TestPerson;
  room: { id: string };
  bans: string;
  /** Bans Bob, who is a member. */
  ban(): Promise<void>;
}

async function scene(room: object = { kind: 'channel', isPrivate: false }): Promise<Scene> {
  const [owner, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  const { body } = await owner.call('POST', '/rooms', { name: 'A room', members: [bob.id], ...room });
  const bans = `/rooms/${body.id}/bans`;
  const ban = async () => expect((await owner.call('POST', bans, { userId: bob.id })).status).toBe(201);
  return { owner, bob, room: body, bans, ban };
}

const departures = (roomId: string, userId: string) =>
  directory.events.filter(
    (event) => event.type === 'member.left' && event.data.roomId === roomId && event.data.userId === userId,
  );

const kinds = [
  {
    what: 'public channel',
    options: { kind: 'channel', isPrivate: false },
    refusal: { status: 403, code: 'not_authorized' },
  },
  {
    what: 'private channel',
    options: { kind: 'channel', isPrivate: true },
    refusal: { status: 404, code: 'room_not_found' },
  },
  { what: 'group', options: { kind: 'group' }, refusal: { status: 404, code: 'room_not_found' } },
];

describe.each(kinds)('a user banned from a $what', ({ options, refusal }) => {
  it('is removed, and cannot return in any way until the ban is lifted', async () => {
    const { owner, bob, room, bans, ban } = await scene(options);
    const { body: invite } = await owner.call('POST', `/rooms/${room.id}/invites`, { maxUses: 1 });
    await ban();
    const { data } = await directory.published('member.left', ({ roomId }) => roomId === room.id);
    expect(data).toEqual({
      roomId: room.id,
      userId: bob.id,
      username: bob.username,
      version: 3,
      reason: 'removed',
    });

    for (const [method, path] of [
      ['POST', '/join'],
      ['POST', '/leave'],
      ['GET', '/members'],
    ] as const) {
      const { status, body } = await bob.call(method, `/rooms/${room.id}${path}`);
      expect({ path, status, code: body.code }).toEqual({ path, ...refusal });
    }
    expect((await bob.call('GET', `/rooms/${room.id}`)).status).toBe(
      refusal.code === 'room_not_found' ? 404 : 200,
    );
    await expect(directory.ask(calls.joinRoom, { userId: bob.id, roomId: room.id })).rejects.toMatchObject({
      code: refusal.code,
    });
    expect((await bob.call('POST', `/rooms/invites/${invite.token}/join`)).body.code).toBe(
      'invite_not_found',
    );
    const cleo = await directory.person();
    for (const userIds of [[bob.id], [cleo.id, bob.id]]) {
      expect((await owner.call('POST', `/rooms/${room.id}/members`, { userIds })).body.code).toBe(
        'not_authorized',
      );
    }
    const invited = { userId: owner.id, roomId: room.id, name: 'A room', invited: [bob.id] };
    await expect(directory.ask(calls.createChatRoom, invited)).rejects.toMatchObject({
      code: 'not_authorized',
    });
    expect((await owner.call('GET', `/rooms/${room.id}`)).body.memberCount).toBe(1);

    expect((await owner.call('DELETE', `${bans}/${bob.id}`)).status).toBe(204);
    expect(await owner.call('GET', bans)).toMatchObject({ body: { bans: [] } });
    expect((await owner.call('GET', `/rooms/${room.id}`)).body.memberCount).toBe(1);
    // The refused attempts have not used up the invite.
    expect((await bob.call('POST', `/rooms/invites/${invite.token}/join`)).body).toMatchObject({
      id: room.id,
      role: 'member',
    });
  });
});

describe('a ban', () => {
  it('is created once and removes once, even if repeated concurrently', async () => {
    const { owner, bob, room, bans } = await scene();
    const first = await owner.call('POST', bans, { userId: bob.id, reason: 'spam' });
    expect(first).toMatchObject({
      status: 201,
      body: { roomId: room.id, userId: bob.id, username: bob.username, reason: 'spam' },
    });
    expect(first.body).toMatchObject({ bannedBy: owner.id, createdAt: new Date(now).toISOString() });
    now += 1_000;
    const again = await Promise.all(
      Array.from({ length: 10 }, () => owner.call('POST', bans, { userId: bob.id, reason: 'again' })),
    );
    for (const answer of again) expect(answer).toEqual(first);
    expect((await owner.call('GET', bans)).body).toEqual({ bans: [first.body], nextCursor: null });
    for (let time = 0; time < 2; time++)
      expect((await owner.call('DELETE', `${bans}/${bob.id}`)).status).toBe(204);
    const last = await directory.person();
    await owner.call('POST', `/rooms/${room.id}/members`, { userIds: [last.id] });
    await directory.published('member.joined', ({ membership }) => membership.userId === last.id);
    expect(departures(room.id, bob.id)).toHaveLength(1);
  });

  it('may be repeated when the two no longer see each other', async () => {
    const { owner, bob, bans, ban } = await scene();
    await ban();
    await directory.move(bob, newId());
    await ban();
    expect((await owner.call('GET', bans)).body.bans).toHaveLength(1);
  });

  it('keeps out a user who never was a member, without an event of leaving', async () => {
    const { owner, room, bans } = await scene();
    const cleo = await directory.person();
    expect((await owner.call('POST', bans, { userId: cleo.id })).body).toMatchObject({
      userId: cleo.id,
      reason: '',
    });
    expect((await cleo.call('POST', `/rooms/${room.id}/join`)).body.code).toBe('not_authorized');
    await owner.call('PATCH', `/rooms/${room.id}`, { name: 'Another' });
    await directory.published('room.updated', (data) => data.room.id === room.id);
    expect(departures(room.id, cleo.id)).toEqual([]);
  });

  it('cannot target oneself, the same or a higher role, or an invisible user', async () => {
    const { owner, bob: admin, room, bans } = await scene();
    const [other, hidden] = [await directory.person(), await directory.person(undefined, newId())];
    await owner.call('POST', `/rooms/${room.id}/members`, { userIds: [other.id] });
    for (const { id } of [admin, other])
      await owner.call('PUT', `/rooms/${room.id}/members/${id}/role`, { role: 'admin' });
    const attempt = async (userId: string) => (await admin.call('POST', bans, { userId })).body.code;
    expect(await attempt(admin.id)).toBe('self_reference');
    for (const { id } of [owner, other]) expect(await attempt(id)).toBe('not_authorized');
    for (const id of [newId(), hidden.id]) expect(await attempt(id)).toBe('user_not_found');
    expect((await owner.call('POST', bans, { userId: other.id })).status).toBe(201);
  });

  it('prevails in races with joins, additions and invites', async () => {
    const { owner, bob, room, bans } = await scene();
    const { body: invite } = await owner.call('POST', `/rooms/${room.id}/invites`, {});
    const ways = [
      () => bob.call('POST', `/rooms/${room.id}/join`),
      () => owner.call('POST', `/rooms/${room.id}/members`, { userIds: [bob.id] }),
      () => bob.call('POST', `/rooms/invites/${invite.token}/join`),
    ];
    for (let round = 0; round < 8; round++) {
      const ban = () => owner.call('POST', bans, { userId: bob.id });
      const answers = await Promise.all([...ways, ban, ...ways].map((act) => act()));
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      const { members } = await directory.ask(calls.getMemberships, { roomId: room.id, userIds: [bob.id] });
      expect(members).toEqual([]);
      await owner.call('DELETE', `${bans}/${bob.id}`);
    }
    await eventually(() => {
      const versions = versionsOf(directory.events, room.id);
      expect(versions.length).toBeGreaterThan(2);
      expect(versions).toEqual(versions.map((_, index) => index + 1));
    });
  });

  it('is listed newest first, in gapless pages, even at equal times, up to a limit per room', async () => {
    const { owner, bans } = await scene();
    const crowd = await directory.people(7);
    const banned: string[] = [];
    for (const [index, { id }] of crowd.entries()) {
      if (index % 2 === 0) now += 1_000;
      const { status, body } = await owner.call('POST', bans, { userId: id });
      expect([index, status, body.code]).toEqual(
        index < 6 ? [index, 201, undefined] : [index, 409, 'limit_reached'],
      );
      if (status === 201) banned.unshift(id);
    }
    const listed: { userId: string; createdAt: string }[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await owner.call('GET', `${bans}?limit=1${cursor ? `&cursor=${cursor}` : ''}`);
      listed.push(...body.bans);
      cursor = body.nextCursor;
    } while (cursor);
    expect(listed.map(({ userId }) => userId).sort()).toEqual([...banned].sort());
    const times = listed.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(
      (await owner.call('GET', `${bans}?cursor=${Buffer.from('["now","x"]').toString('base64url')}`)).status,
    ).toBe(422);
  });
});
