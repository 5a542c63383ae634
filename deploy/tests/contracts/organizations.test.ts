import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Json, request } from '../whole-stack/chat-user.ts';
import { connectWebSocket, opened, refusedUpgrade } from './connections.ts';
import { onBothTargets, onStack } from './on-both-targets.ts';
import { organizationsCast, type Person, password, unique } from './organizations-cast.ts';
import { organizationsLive } from './organizations-live.ts';

onStack('organizations', (target) => {
  const { post, call, person, register, colleagues, makeRoom, code } = organizationsCast(target);

  test('POST /api/auth/register with a new organization creates it; the user is its admin', async () => {
    const organizationName = `Org ${unique()}`;
    const body = {
      // Others get names that derive from theirs.
      username: `manoj singh ${unique()}`,
      email: `manoj-${unique()}@example.org`,
      password,
      organizationName,
      role: 'admin',
    };
    const { status, body: answer } = await post('/api/auth/register', body);
    expect([status, answer.user]).toMatchObject([
      201,
      { username: body.username, email: body.email, role: 'admin' },
    ]);
    expect(answer.user.organization_id).toEqual(expect.any(String));
    const again = { ...body, email: `${unique()}@example.org` };
    for (const role of ['admin', 'user'])
      expect(await code(post('/api/auth/register', { ...again, role }))).toEqual([409, 'username_taken']);
  });

  test('registering into an existing organization gives `user`; a closed one needs an invite', async () => {
    const organization = `Org ${unique()}`;
    const founder = await register(`founder ${unique()}`, organization, 'admin');
    const member = await register(`member ${unique()}`, organization);
    expect([member.organizationId, member.role]).toEqual([founder.organizationId, 'user']);
    const someone = (role: string) => ({
      username: unique(),
      email: `${unique()}@example.org`,
      password,
      organizationName: organization,
      role,
    });
    for (const role of ['admin', 'moderator'])
      expect(await code(post('/api/auth/register', someone(role)))).toEqual([403, 'role_not_allowed']);
    expect(await code(post('/api/auth/register', someone('superuser')))).toEqual([400, 'validation_failed']);
    const closed = await call(founder, 'PATCH', '/api/v1/organizations/mine', { joinPolicy: 'invite' });
    expect(closed.status).toBe(200);
    expect(await code(post('/api/auth/register', someone('user')))).toEqual([403, 'organization_closed']);
  });

  test('POST /api/auth/login answers a short-lived JWT and a long-lived refresh token', async () => {
    const [ada] = await colleagues('ada');
    const { status, body } = await post('/api/auth/login', { email: ada?.email, password });
    expect([status, body.user.id]).toEqual([200, ada?.id]);
    expect(body.accessToken.split('.')).toHaveLength(3);
    expect(body.expiresIn).toBeLessThanOrEqual(900);
    expect(body.refreshToken).not.toBe(body.accessToken);
    expect(await code(post('/api/auth/login', { email: ada?.email, password: 'wrong' }))).toEqual([
      401,
      'invalid_credentials',
    ]);
  });

  test('POST /api/auth/refresh-token: the refresh token stored at login keeps working', async () => {
    const [ada] = await colleagues('ada');
    const { refreshToken } = ada ?? {};
    for (let round = 0; round < 3; round++) {
      const { status, body } = await post('/api/auth/refresh-token', { refreshToken });
      expect([status, body.user.id]).toEqual([200, ada?.id]);
      expect((await request(target().url, 'GET', '/api/chat', undefined, body.accessToken)).status).toBe(200);
    }
    expect(await code(post('/api/auth/refresh-token', {}))).toEqual([400, 'validation_failed']);
  });

  test("registering the document's example twice returns 409 (taken), and names the field", async () => {
    const suffix = unique();
    const example = {
      username: `manoj singh ${suffix}`,
      email: `manoj-${suffix}@example.org`,
      password,
      organizationName: `Org ${suffix}`,
      role: 'admin',
    };
    expect((await post('/api/auth/register', example)).status).toBe(201);
    const { status, body } = await post('/api/auth/register', example);
    expect([status, body.errors]).toMatchObject([409, [{ field: 'username' }, { field: 'email' }]]);
  });

  test('POST /api/chat {name} creates a room in the organization, public in every contract', async () => {
    const [ada, bob] = await colleagues('ada', 'bob');
    if (!ada || !bob) return expect.fail('nobody');
    const room = await makeRoom(ada, 'HR');
    expect(room).toMatchObject({ name: 'HR', organization_id: ada.organizationId, created_by: ada.id });
    expect((await call(bob, 'GET', `/api/v1/rooms/${room.id}`)).body).toMatchObject({
      kind: 'channel',
      isPrivate: false,
      name: 'HR',
    });
    expect(await code(call(ada, 'POST', '/api/chat', { name: ' ' }))).toEqual([400, 'validation_failed']);
    expect(await code(post('/api/chat', { name: 'HR' }))).toEqual([401, 'unauthenticated']);
  });

  test('GET /api/chat?page=&pageSize= pages through the rooms, newest first; default 1 and 10', async () => {
    const [ada, bob] = await colleagues('ada', 'bob');
    if (!ada || !bob) return expect.fail('nobody');
    const names: string[] = [];
    for (let number = 1; number <= 12; number++) names.unshift((await makeRoom(ada, `Room ${number}`)).name);
    const first = (await call(bob, 'GET', '/api/chat')).body;
    expect(first).toMatchObject({ total: 12, pages: 2, currentPage: 1 });
    expect(first.data.map(({ name }: Json) => name)).toEqual(names.slice(0, 10));
    expect(Object.keys(first.data[0]).sort()).toEqual([
      'createdAt',
      'id',
      'name',
      'organization_id',
      'updatedAt',
    ]);
    const second = (await call(bob, 'GET', '/api/chat?page=2&pageSize=5')).body;
    expect([second.total, second.pages, second.currentPage]).toEqual([12, 3, 2]);
    expect(second.data.map(({ name }: Json) => name)).toEqual(names.slice(5, 10));
    expect((await call(bob, 'GET', '/api/chat?page=4&pageSize=5')).body.data).toEqual([]);
    for (const query of ['page=0', 'pageSize=0', 'pageSize=100000', 'page=x']) {
      expect([query, await code(call(bob, 'GET', `/api/chat?${query}`))]).toEqual([
        query,
        [400, 'validation_failed'],
      ]);
    }
  });

  test('GET /api/chat shows public and own rooms of the organization, and no others', async () => {
    const [ada, bob] = await colleagues('ada', 'bob');
    const [eve] = await colleagues('eve');
    if (!ada || !bob || !eve) return expect.fail('nobody');
    const open = await makeRoom(ada, 'open');
    const closed = (await call(ada, 'POST', '/api/v1/rooms', { name: 'closed', isPrivate: true })).body;
    const group = (
      await call(ada, 'POST', '/api/v1/rooms', { kind: 'group', name: 'group', members: [bob.id] })
    ).body;
    const listed = async (who: Person) =>
      (await call(who, 'GET', '/api/chat')).body.data.map(({ id }: Json) => id);
    expect(await listed(ada)).toEqual([group.id, closed.id, open.id]);
    expect(await listed(bob)).toEqual([group.id, open.id]);
    expect(await listed(eve)).toEqual([]);
    const outsider = person(
      (await post('/api/auth/register', { email: `${unique()}@example.org`, password })).body,
    );
    const elsewhere = await makeRoom(outsider, 'elsewhere');
    expect(await listed(outsider)).toContain(elsewhere.id);
    expect(await listed(eve)).toEqual([]);
  });

  test('GET /api/chat has its own rate limit: 429 with Retry-After for that user', async () => {
    const [ada, bob] = await colleagues('ada', 'bob');
    if (!ada || !bob) return expect.fail('nobody');
    const list = (who: Person) =>
      fetch(`${target().url}/api/chat`, { headers: { authorization: `Bearer ${who.token}` } });
    const answers = await Promise.all(Array.from({ length: 61 }, () => list(ada)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
    expect(refused).toHaveLength(1);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await list(bob)).status).toBe(200);
    await makeRoom(ada);
  });

  test('every endpoint and WebSocket requires a JWT by header, query or sub-protocol', async () => {
    const [ada] = await colleagues('ada');
    if (!ada) return expect.fail('nobody');
    expect(await code(request(target().url, 'GET', '/api/chat'))).toEqual([401, 'unauthenticated']);
    const address = target().gateways[1].replace('http', 'ws');
    for (const path of ['/', '/ws']) {
      expect(await refusedUpgrade(new WebSocket(address + path))).toBe(401);
      expect(await refusedUpgrade(new WebSocket(`${address}${path}?token=nonsense`))).toBe(401);
      const sockets = [
        new WebSocket(address + path, { headers: { authorization: `Bearer ${ada.token}` } }),
        new WebSocket(`${address}${path}?token=${ada.token}`),
        new WebSocket(address + path, ['bearer', ada.token]),
      ];
      for (const socket of sockets) {
        await opened(socket);
        socket.close();
      }
    }
    // Also through the public address.
    (await connectWebSocket(target().url, ada.token)).close();
  });

  organizationsLive(target, 'Socket.IO');

  test('frames with an `id` get {id, ok, data | error}; malformed ones get an error', async () => {
    const [ada] = await colleagues('ada');
    if (!ada) return expect.fail('nobody');
    const room = await makeRoom(ada);
    const socket = new WebSocket(`${target().url.replace('http', 'ws')}/?token=${ada.token}`);
    const frames: Json[] = [];
    socket.on('message', (raw) => frames.push(JSON.parse(String(raw))));
    await opened(socket);
    for (const nonsense of ['{', '[]', '"text"', '{"event":7}', 'null']) socket.send(nonsense);
    await eventually(() => expect(frames.filter(({ event }) => event === 'error')).toHaveLength(5));
    socket.send(JSON.stringify({ event: 'joinRoom', data: { roomId: room.id, userId: ada.id }, id: 1 }));
    socket.send(JSON.stringify({ event: 'joinRoom', data: { roomId: 'nonsense' }, id: 2 }));
    const answered = (id: number) => frames.find((frame) => frame.id === id);
    await eventually(() =>
      expect([answered(1), answered(2)]).toMatchObject([
        { ok: true },
        { ok: false, error: { code: 'validation_failed' } },
      ]),
    );
    socket.close();
  });
});

onBothTargets('organizations: events', (target) =>
  organizationsLive(target, 'frames over a plain WebSocket'),
);
