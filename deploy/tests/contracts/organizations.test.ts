import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Json, request } from '../whole-stack/chat-user.ts';
import { frameLine, type Line, opened, refusedUpgrade, socketIoLine } from './lines.ts';
import { onBothTargets } from './on-both-targets.ts';
import { organizationsCast, type Person, password, unique } from './organizations-cast.ts';

onBothTargets('organizations', (target) => {
  const { post, call, person, register, colleagues, makeRoom, code } = organizationsCast(target);

  test('POST /api/auth/register {username, email, password, organizationName, role}: a spaced username, a new organization, its admin', async () => {
    const organizationName = `Org ${unique()}`;
    const body = { username: 'manoj singh', email: `manoj-${unique()}@example.org`, password, organizationName, role: 'admin' };
    const { status, body: answer } = await post('/api/auth/register', body);
    expect([status, answer.user]).toMatchObject([201, { username: 'manoj singh', email: body.email, role: 'admin' }]);
    expect(answer.user.organization_id).toEqual(expect.any(String));
    expect(await code(post('/api/auth/register', { ...body, email: `${unique()}@example.org` }))).toEqual([403, 'role_not_allowed']);
    const again = { ...body, email: `${unique()}@example.org`, role: 'user' };
    expect(await code(post('/api/auth/register', again))).toEqual([409, 'username_taken']);
  });

  test('POST /api/auth/register into an organization that exists gives `user` and no more; who closes it is joined by invitation only', async () => {
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

  test('POST /api/auth/login {email, password} answers a short-lived JWT and a long-lived refresh token', async () => {
    const [ada] = await colleagues('ada');
    const { status, body } = await post('/api/auth/login', { email: ada?.email, password });
    expect([status, body.user.id]).toEqual([200, ada?.id]);
    expect(body.accessToken.split('.')).toHaveLength(3);
    expect(body.expiresIn).toBeLessThanOrEqual(900);
    expect(body.refreshToken).not.toBe(body.accessToken);
    expect(await code(post('/api/auth/login', { email: ada?.email, password: 'wrong' }))).toEqual([401, 'invalid_credentials']);
  });

  test('POST /api/auth/refresh-token {refreshToken} answers new tokens, once', async () => {
    const [ada] = await colleagues('ada');
    const { refreshToken } = ada ?? {};
    const { status, body } = await post('/api/auth/refresh-token', { refreshToken });
    expect([status, body.user.id]).toEqual([200, ada?.id]);
    expect((await request(target().url, 'GET', '/api/chat', undefined, body.accessToken)).status).toBe(200);
    expect(await code(post('/api/auth/refresh-token', { refreshToken }))).toEqual([401, 'invalid_refresh_token']);
    expect(await code(post('/api/auth/refresh-token', { refreshToken: body.refreshToken }))).toEqual([401, 'invalid_refresh_token']);
    expect(await code(post('/api/auth/refresh-token', {}))).toEqual([400, 'validation_failed']);
  });

  test("POST /api/chat {name} makes a room in the caller's organization, a public channel for every other contract", async () => {
    const [ada, bob] = await colleagues('ada', 'bob');
    if (!ada || !bob) return expect.fail('nobody');
    const room = await makeRoom(ada, 'HR');
    expect(room).toMatchObject({ name: 'HR', organization_id: ada.organizationId, created_by: ada.id });
    expect((await call(bob, 'GET', `/api/v1/rooms/${room.id}`)).body).toMatchObject({ kind: 'channel', isPrivate: false, name: 'HR' });
    expect(await code(call(ada, 'POST', '/api/chat', { name: ' ' }))).toEqual([400, 'validation_failed']);
    expect(await code(post('/api/chat', { name: 'HR' }))).toEqual([401, 'unauthenticated']);
  });

  test('GET /api/chat?page=&pageSize= pages through the rooms, newest first, page 1 of size 10 without them', async () => {
    const [ada, bob] = await colleagues('ada', 'bob');
    if (!ada || !bob) return expect.fail('nobody');
    const names: string[] = [];
    for (let number = 1; number <= 12; number++) names.unshift((await makeRoom(ada, `Room ${number}`)).name);
    const first = (await call(bob, 'GET', '/api/chat')).body;
    expect(first).toMatchObject({ total: 12, pages: 2, currentPage: 1 });
    expect(first.data.map(({ name }: Json) => name)).toEqual(names.slice(0, 10));
    expect(Object.keys(first.data[0]).sort()).toEqual(['createdAt', 'id', 'name', 'organization_id', 'updatedAt']);
    const second = (await call(bob, 'GET', '/api/chat?page=2&pageSize=5')).body;
    expect([second.total, second.pages, second.currentPage]).toEqual([12, 3, 2]);
    expect(second.data.map(({ name }: Json) => name)).toEqual(names.slice(5, 10));
    expect((await call(bob, 'GET', '/api/chat?page=4&pageSize=5')).body.data).toEqual([]);
    for (const query of ['page=0', 'pageSize=0', 'pageSize=100000', 'page=x']) {
      expect([query, await code(call(bob, 'GET', `/api/chat?${query}`))]).toEqual([query, [400, 'validation_failed']]);
    }
  });

  test("GET /api/chat shows the organization's public rooms and those one belongs to, and nothing of other organizations", async () => {
    const [ada, bob] = await colleagues('ada', 'bob');
    const [eve] = await colleagues('eve');
    if (!ada || !bob || !eve) return expect.fail('nobody');
    const open = await makeRoom(ada, 'open');
    const closed = (await call(ada, 'POST', '/api/v1/rooms', { name: 'closed', isPrivate: true })).body;
    const group = (await call(ada, 'POST', '/api/v1/rooms', { kind: 'group', name: 'group', members: [bob.id] })).body;
    const listed = async (who: Person) => (await call(who, 'GET', '/api/chat')).body.data.map(({ id }: Json) => id);
    expect(await listed(ada)).toEqual([group.id, closed.id, open.id]);
    expect(await listed(bob)).toEqual([group.id, open.id]);
    expect(await listed(eve)).toEqual([]);
    const outsider = person((await post('/api/auth/register', { email: `${unique()}@example.org`, password })).body);
    const elsewhere = await makeRoom(outsider, 'elsewhere');
    expect(await listed(outsider)).toContain(elsewhere.id);
    expect(await listed(eve)).toEqual([]);
  });

  test('GET /api/chat is rate limited on its own: 429 with Retry-After, for that user and that call alone', async () => {
    const [ada, bob] = await colleagues('ada', 'bob');
    if (!ada || !bob) return expect.fail('nobody');
    const list = (who: Person) => fetch(`${target().url}/api/chat`, { headers: { authorization: `Bearer ${who.token}` } });
    const answers = await Promise.all(Array.from({ length: 61 }, () => list(ada)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
    expect(refused).toHaveLength(1);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await list(bob)).status).toBe(200);
    await makeRoom(ada);
  });

  test('every REST endpoint and every WebSocket connection is protected by JWT; the token comes by header, query or sub-protocol', async () => {
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
    // Through the one public address, too.
    (await frameLine(target().url, ada.token)).close();
  });

  const transports = [
    ['frames over a plain WebSocket', frameLine],
    ['Socket.IO', socketIoLine],
  ] as const;
  for (const [transport, connect] of transports) {
    /** Members of a room, one after the other on the two gateways, all in it. */
    const inRoom = async (names: string[], play: (room: Json, people: Person[], lines: Line[]) => Promise<void>) => {
      const people = await colleagues(...names);
      const [owner] = people;
      if (!owner) return expect.fail('nobody');
      const room = await makeRoom(owner);
      const lines = await Promise.all(people.map(({ token }, index) => connect(target().gateways[index % 2 === 0 ? 0 : 1], token)));
      try {
        for (const [index, { id: userId }] of people.entries()) {
          lines[index]?.emit('joinRoom', { roomId: room.id, userId });
          await lines[index]?.hears('roomJoined');
        }
        await play(room, people, lines);
      } finally {
        for (const line of lines) line.close();
      }
    };
    const both = (people: Person[], lines: Line[]): [Person, Person, Line, Line] => {
      const [ada, bob] = people;
      const [adas, bobs] = lines;
      return ada && bob && adas && bobs ? [ada, bob, adas, bobs] : expect.fail('nobody');
    };

    test(`${transport}: joinRoom {roomId, userId} joins, and everyone in the room is told; leaveRoom likewise`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        for (const line of [adas, bobs]) await line.hears('userJoined', { roomId: room.id, userId: bob.id, username: bob.username });
        bobs.emit('joinRoom', { roomId: room.id, userId: ada.id });
        await bobs.hears('error', { code: 'identity_mismatch' });
        bobs.emit('leaveRoom', { roomId: room.id, userId: bob.id });
        await adas.hears('userLeft', { roomId: room.id, userId: bob.id, username: bob.username });
      }));

    test(`${transport}: sendMessage {roomId, userId, content} reaches every member in the room`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        adas.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'Hello, all.' });
        for (const line of [adas, bobs]) {
          const heard = await line.hears('newMessage', { roomId: room.id, userId: ada.id, content: 'Hello, all.' });
          expect(heard).toMatchObject({ username: ada.username, chat_room_id: room.id, user_id: ada.id, is_encrypted: false });
          expect(Object.keys(heard)).toEqual(expect.arrayContaining(['id', 'seq', 'created_at', 'createdAt']));
        }
        bobs.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'forged' });
        await bobs.hears('error', { code: 'identity_mismatch' });
        bobs.emit('sendMessage', { roomId: room.id, userId: bob.id, content: 'sealed', is_encrypted: true });
        await adas.hears('newMessage', { content: 'sealed', is_encrypted: true });
        await call(bob, 'POST', `/api/v1/rooms/${room.id}/leave`);
        bobs.emit('sendMessage', { roomId: room.id, userId: bob.id, content: 'too late' });
        await eventually(() => expect(bobs.all('error')).toHaveLength(2));
        expect((await call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`)).body.messages).toMatchObject([
          { content: 'Hello, all.' },
          { content: 'sealed', isEncrypted: true },
        ]);
      }));

    test(`${transport}: typing {roomId, userId} is seen by the others in the room`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, , adas, bobs] = both(people, lines);
        adas.emit('typing', { roomId: room.id, userId: ada.id });
        await bobs.hears('typing', { roomId: room.id, userId: ada.id, username: ada.username, isTyping: true });
        // The document has no event that ends it.
        await bobs.hears('typing', { roomId: room.id, userId: ada.id, username: ada.username, isTyping: false });
        expect(adas.all('typing')).toEqual([]);
      }));

    test(`${transport}: reactMessage {userId, messageId, reaction} is seen by the others; again, it is taken back`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        adas.emit('sendMessage', { roomId: room.id, userId: ada.id, content: 'Do you like it?' });
        const { id: messageId } = await bobs.hears('newMessage');
        for (const counts of [{ '❤️': 1 }, {}]) {
          adas.heard.length = 0;
          bobs.emit('reactMessage', { userId: bob.id, messageId, reaction: '❤️' });
          const seen = await adas.hears('messageReaction', { roomId: room.id, messageId, userId: bob.id, reaction: '❤️' });
          expect(seen.counts).toEqual(counts);
        }
        const [eve] = await colleagues('eve');
        if (!eve) return expect.fail('nobody');
        const eves = await connect(target().gateways[0], eve.token);
        eves.emit('reactMessage', { userId: eve.id, messageId, reaction: '👍' });
        expect((await eves.hears('error')).code).toMatch(/_not_found$/);
        eves.close();
      }));

    test(`${transport}: newChatRoom {roomName, invitedUsers, roomId, organizationId} makes the room, and the invited are told`, () =>
      inRoom(['ada', 'bob'], async (_room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        const { organizationId } = ada;
        const silent = await connect(target().gateways[0], bob.token);
        for (const roomId of ['2', 2, null, undefined, randomUUID()]) {
          const roomName = `Made as ${roomId}`;
          adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId, organizationId });
          const told = await bobs.hears('newChatRoom', { roomName, organizationId });
          expect(told.roomId).not.toBe(roomId);
          // Also on a connection that has sent nothing yet, and to the maker, who could not know the id otherwise.
          for (const line of [silent, adas]) expect(await line.hears('newChatRoom', { roomName })).toMatchObject({ roomId: told.roomId });
          expect((await call(bob, 'GET', '/api/chat')).body.data[0]).toMatchObject({
            id: told.roomId,
            name: roomName,
            organization_id: organizationId,
          });
          bobs.emit('joinRoom', { roomId: told.roomId, userId: bob.id });
          await bobs.hears('roomJoined', { roomId: told.roomId });
          adas.emit('sendMessage', { roomId: told.roomId, userId: ada.id, content: 'Welcome.' });
          await bobs.hears('newMessage', { roomId: told.roomId, content: 'Welcome.' });
        }
        silent.close();
        for (const roomName of ['H', 'R'.repeat(100)]) {
          adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId: 1, organizationId });
          await bobs.hears('newChatRoom', { roomName });
        }
        for (const roomName of [' ', 'R'.repeat(101)]) {
          adas.heard.length = 0;
          adas.emit('newChatRoom', { roomName, invitedUsers: [bob.id], roomId: 1, organizationId });
          expect(await adas.hears('error')).toMatchObject({ code: 'validation_failed', fields: [{ field: 'roomName' }] });
        }
        const [eve] = await colleagues('eve');
        const hidden = (await call(eve ?? ada, 'POST', '/api/v1/rooms', { name: 'Hidden', isPrivate: true })).body;
        adas.emit('newChatRoom', { roomName: 'Not theirs', invitedUsers: [bob.id], roomId: hidden.id, organizationId });
        expect((await bobs.hears('newChatRoom', { roomName: 'Not theirs' })).roomId).not.toBe(hidden.id);
        const existing = (await call(ada, 'POST', '/api/v1/rooms', { name: 'Existing', isPrivate: true })).body;
        adas.emit('newChatRoom', { roomName: 'Existing', invitedUsers: [bob.id], roomId: existing.id, organizationId });
        await bobs.hears('newChatRoom', { roomId: existing.id });
        await eventually(async () => expect((await call(bob, 'GET', `/api/v1/rooms/${existing.id}`)).status).toBe(200));
      }));

    test(`${transport}: POST /api/chat is told as newChatRoom to every connected user of the organization, and to nobody else`, () =>
      inRoom(['ada', 'bob'], async (_room, people, lines) => {
        const [ada, bob, adas, bobs] = both(people, lines);
        const [eve] = await colleagues('eve');
        if (!eve) return expect.fail('nobody');
        const others = [await connect(target().gateways[0], bob.token), await connect(target().gateways[1], eve.token)];
        const made = await makeRoom(ada, 'Announcements');
        for (const line of [adas, bobs, others[0]]) {
          const told = await line?.hears('newChatRoom', { roomName: 'Announcements' });
          expect(told).toMatchObject({ roomId: made.id, organizationId: ada.organizationId });
          expect(line?.all('newChatRoom').filter(({ roomId }) => roomId === made.id)).toHaveLength(1);
        }
        // One that only its members may see is told to them alone.
        const closed = (await call(ada, 'POST', '/api/v1/rooms', { name: 'Closed', isPrivate: true })).body;
        await adas.hears('newChatRoom', { roomId: closed.id });
        const own = await makeRoom(eve, 'Elsewhere');
        await others[1]?.hears('newChatRoom', { roomId: own.id });
        await makeRoom(ada, 'The last');
        await bobs.hears('newChatRoom', { roomName: 'The last' });
        expect(bobs.all('newChatRoom').map(({ roomName }) => roomName)).toEqual(['Announcements', 'The last']);
        expect(others[1]?.all('newChatRoom').map(({ roomName }) => roomName)).toEqual(['Elsewhere']);
        for (const line of others) line.close();
      }));

    test(`${transport}: ids as numbers, as the source shows them, get an error that names the field, and the connection stays`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, , adas] = both(people, lines);
        const said: [event: string, data: unknown, code: string, field?: string][] = [
          ['joinRoom', { roomId: 1, userId: ada.id }, 'validation_failed', 'roomId'],
          ['leaveRoom', { roomId: 1 }, 'validation_failed', 'roomId'],
          ['sendMessage', { roomId: 1, content: 'Hello' }, 'validation_failed', 'roomId'],
          ['reactMessage', { messageId: 10, reaction: '👍' }, 'validation_failed', 'messageId'],
          ['newChatRoom', { roomName: 'New', invitedUsers: [2, 3], roomId: 5 }, 'validation_failed', 'invitedUsers.0'],
          ['newChatRoom', { roomName: 'New', invitedUsers: [], organizationId: 1 }, 'validation_failed', 'organizationId'],
          ['typing', { roomId: room.id, userId: 1 }, 'identity_mismatch'],
        ];
        for (const [event, data, code, field] of said) {
          adas.heard.length = 0;
          adas.emit(event, data);
          const error = await adas.hears('error');
          expect([event, error.code, error.fields?.[0]?.field]).toEqual([event, code, field]);
        }
        adas.emit('sendMessage', { roomId: room.id, content: 'still here' });
        await adas.hears('newMessage', { content: 'still here' });
      }));

    test(`${transport}: nobody joins, writes into, or makes rooms of an organization that is not theirs`, () =>
      inRoom(['ada', 'bob'], async (room, people, lines) => {
        const [ada, , adas] = both(people, lines);
        const [eve] = await colleagues('eve');
        if (!eve) return expect.fail('nobody');
        expect(await code(call(eve, 'GET', `/api/v1/rooms/${room.id}`))).toEqual([404, 'room_not_found']);
        const eves = await connect(target().gateways[1], eve.token);
        eves.emit('joinRoom', { roomId: room.id, userId: eve.id });
        await eves.hears('error', { code: 'room_not_found' });
        eves.emit('sendMessage', { roomId: room.id, userId: eve.id, content: 'intruding' });
        await eventually(() => expect(eves.all('error').map((error) => error.code)).toEqual(['room_not_found', 'room_not_found']));
        eves.emit('newChatRoom', { roomName: 'Trojan', invitedUsers: [ada.id], roomId: randomUUID(), organizationId: ada.organizationId });
        await eventually(() => expect(eves.all('error')).toHaveLength(3));
        expect(adas.all('newChatRoom').filter(({ roomName }) => roomName === 'Trojan')).toEqual([]);
        eves.close();
      }));
  }

  test('a frame with an `id` is answered by `{id, ok, data | error}`; a malformed one gets an error, and the connection stays', async () => {
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
      expect([answered(1), answered(2)]).toMatchObject([{ ok: true }, { ok: false, error: { code: 'validation_failed' } }]),
    );
    socket.close();
  });
});
