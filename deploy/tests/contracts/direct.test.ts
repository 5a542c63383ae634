import { randomUUID } from 'node:crypto';
import { eventually, temporaryFolder } from '@parley/testkit';
import { io } from 'socket.io-client';
import { expect, test } from 'vitest';
import { parley, run } from '../client/terminal.ts';
import { type Json, request } from '../whole-stack/chat-user.ts';
import { type Line, socketIoLine } from './lines.ts';
import { onBothTargets } from './on-both-targets.ts';

interface Person {
  id: string;
  email: string;
  token: string;
}

onBothTargets('direct', (target) => {
  const password = 'correct horse';
  const register = async (name: string): Promise<Person> => {
    const email = `${name}-${randomUUID().slice(0, 8)}@example.org`;
    const { status, body } = await request(target().url, 'POST', '/api/auth/register', { email, password });
    expect(status).toBe(201);
    return { id: body.user.id, email, token: body.token };
  };
  const history = async (person: Person, other: string, query = ''): Promise<Json> => {
    const answer = await request(
      target().url,
      'GET',
      `/api/messages/${other}${query}`,
      undefined,
      person.token,
    );
    return answer.status === 200 ? answer.body : [answer.status, answer.body.code];
  };
  const nobody = '00000000-0000-7000-8000-000000000000';

  test('POST /api/auth/register answers `token`, and derives the username from the e-mail', async () => {
    const email = `ada-${randomUUID()}@example.org`;
    const { status, body } = await request(target().url, 'POST', '/api/auth/register', { email, password });
    expect([status, body.user]).toMatchObject([201, { email, username: email.split('@')[0] }]);
    expect(body.token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const same = `${email.split('@')[0]}@example.com`;
    const { body: other } = await request(target().url, 'POST', '/api/auth/register', {
      email: same,
      password,
    });
    expect(other.user.username).not.toBe(body.user.username);
    expect((await request(target().url, 'POST', '/api/auth/register', { email, password })).body.code).toBe(
      'email_taken',
    );
    expect(
      (await request(target().url, 'POST', '/api/auth/register', { email: 'nonsense', password })).status,
    ).toBe(400);
  });

  test('POST /api/auth/login answers a JWT as `token`, which opens the socket', async () => {
    const ada = await register('ada');
    const { status, body } = await request(target().url, 'POST', '/api/auth/login', {
      email: ada.email,
      password,
    });
    expect([status, body.user.id]).toEqual([200, ada.id]);
    (await socketIoLine(target().gateways[0], body.token)).close();
    const wrong = await request(target().url, 'POST', '/api/auth/login', {
      email: ada.email,
      password: 'wrong horse',
    });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
  });

  test('the socket refuses a missing or invalid `auth: {token}`', async () => {
    for (const auth of [{}, { token: 'nonsense' }]) {
      const socket = io(target().gateways[0], {
        auth,
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      });
      const error = await new Promise<Error & { data?: Json }>((resolve) =>
        socket.once('connect_error', resolve),
      );
      expect(error.data).toMatchObject({ code: 'unauthenticated' });
      socket.disconnect();
    }
  });

  test('CORS is enabled: pages of other origins may call, including preflights', async () => {
    const preflight = await fetch(`${target().url}/api/auth/login`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://chat.example.org',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,authorization',
      },
    });
    expect([preflight.ok, preflight.headers.get('access-control-allow-origin')]).toEqual([true, '*']);
    const call = await fetch(`${target().url}/api/messages/${nobody}`, {
      headers: { origin: 'https://chat.example.org' },
    });
    expect([call.status, call.headers.get('access-control-allow-origin')]).toEqual([401, '*']);
  });

  const withLines = async (people: readonly Person[], play: (...lines: Line[]) => Promise<void>) => {
    const lines = await Promise.all(
      people.map(({ token }, index) => socketIoLine(target().gateways[index % 2 === 0 ? 0 : 1], token)),
    );
    try {
      await play(...lines);
    } finally {
      for (const line of lines) line.close();
    }
  };
  const line = (lines: Line[], index: number) => lines[index] ?? expect.fail('no such line');

  test('send_message: receive_message at the receiver, message_sent at the sender once stored', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    await withLines([ada, bob, eve], async (...lines) => {
      line(lines, 0).emit('send_message', { receiver_id: bob.id, content: 'Hello, Bob.', client_id: 'a-1' });
      const message = { sender_id: ada.id, receiver_id: bob.id, content: 'Hello, Bob.' };
      const sent = await line(lines, 0).hears('message_sent');
      expect(sent).toMatchObject({ ...message, client_id: 'a-1' });
      const received = await line(lines, 1).hears('receive_message');
      expect(received).toMatchObject({ ...message, id: sent.id, created_at: sent.created_at });
      // In addition to the canonical fields.
      expect(received).toMatchObject({
        userId: ada.id,
        seq: sent.seq,
        roomId: expect.any(String),
        createdAt: sent.created_at,
      });
      expect(await history(bob, ada.id)).toEqual([
        { id: sent.id, ...message, created_at: sent.created_at, seq: sent.seq },
      ]);
      line(lines, 1).emit('send_message', { receiver_id: ada.id, content: 'Hello, Ada.' });
      await line(lines, 0).hears('receive_message', {
        sender_id: bob.id,
        receiver_id: ada.id,
        content: 'Hello, Ada.',
      });
      await line(lines, 1).hears('message_sent', { content: 'Hello, Ada.' });
      expect(line(lines, 2).heard).toEqual([]);
    });
  });

  test('send_message {to, message} adds the alternative fields to both events', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    await withLines([ada, bob, ada], async (...lines) => {
      line(lines, 0).emit('send_message', { to: bob.id, message: 'Hello, Bob.' });
      const sent = await line(lines, 0).hears('message_sent');
      const object = {
        id: sent.id,
        sender_id: ada.id,
        receiver_id: bob.id,
        content: 'Hello, Bob.',
        created_at: sent.created_at,
      };
      expect(sent).toMatchObject({ to: bob.id, message: 'Hello, Bob.', ...object });
      const received = await line(lines, 1).hears('receive_message');
      expect(received).toMatchObject({
        from: ada.id,
        message: 'Hello, Bob.',
        timestamp: sent.created_at,
        ...object,
      });
      expect(await history(bob, ada.id)).toMatchObject([{ id: sent.id, content: 'Hello, Bob.' }]);
      line(lines, 1).emit('send_message', { to: received.from, message: 'Hello, Ada.' });
      await line(lines, 0).hears('receive_message', { from: bob.id, message: 'Hello, Ada.' });
      // The sender's other device receives the message; the sending connection gets its
      // confirmation.
      await line(lines, 2).hears('receive_message', { from: ada.id, message: 'Hello, Bob.' });
      expect(line(lines, 0).all('receive_message')).toHaveLength(1);
      line(lines, 0).emit('send_message', { to: nobody, message: 'anyone?' });
      await line(lines, 0).hears('error', { code: 'user_not_found' });
      line(lines, 0).emit('send_message', { to: 'bob', message: 'you?' });
      expect(await line(lines, 0).hears('error', { code: 'validation_failed' })).toMatchObject({
        fields: [{ field: 'to' }],
      });
    });
  });

  test('invalid send_message events are refused, and the connection stays open', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    await withLines([ada], async (...lines) => {
      const ears = line(lines, 0);
      ears.emit('send_message', { receiver_id: nobody, content: 'anyone?' });
      await ears.hears('error', { code: 'user_not_found' });
      ears.emit('send_message', { receiver_id: ada.id, content: 'me?' });
      await ears.hears('error', { code: 'self_reference' });
      ears.emit('send_message', { receiver_id: bob.id, content: '   ' });
      await ears.hears('error', { code: 'validation_failed' });
      ears.emit('send_message', { receiver_id: bob.id, sender_id: bob.id, content: 'forged' });
      await ears.hears('error', { code: 'identity_mismatch' });
      ears.emit('send_message', { receiver_id: bob.id, content: 'still here' });
      await ears.hears('message_sent', { content: 'still here' });
    });
    expect(await history(bob, ada.id)).toMatchObject([{ content: 'still here' }]);
  });

  test('GET /api/messages/:userId answers the history, paged with before and limit', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    expect(await history(ada, bob.id)).toEqual([]);
    const must = async (person: Person, path: string, body: unknown) => {
      const answer = await request(target().url, 'POST', path, body, person.token);
      expect(answer.status).toBe(201);
      return answer.body;
    };
    const room = await must(ada, '/api/v1/rooms', { kind: 'direct', userId: bob.id });
    for (const number of [1, 2, 3, 4, 5])
      await must(number % 2 ? ada : bob, `/api/v1/rooms/${room.id}/messages`, { content: `${number}` });

    const all = await history(ada, bob.id);
    expect(all.map(({ content }: Json) => content)).toEqual(['1', '2', '3', '4', '5']);
    expect(all[1]).toMatchObject({ sender_id: bob.id, receiver_id: ada.id });
    expect(await history(bob, ada.id)).toEqual(all);
    expect(await history(ada, bob.id, '?limit=2')).toEqual(all.slice(3));
    for (const before of [all[3].id, all[3].seq, all[3].created_at]) {
      expect(await history(ada, bob.id, `?limit=2&before=${before}`)).toEqual(all.slice(1, 3));
    }
    expect(await history(ada, bob.id, `?before=${all[0].id}`)).toEqual([]);
    await request(
      target().url,
      'DELETE',
      `/api/v1/rooms/${room.id}/messages/${all[4].id}`,
      undefined,
      ada.token,
    );
    expect(await history(ada, bob.id, '?limit=2')).toEqual(all.slice(2, 4));
  });

  test('GET /api/messages/:userId: paging by any cursor returns all 50 messages', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const opened = await request(
      target().url,
      'POST',
      '/api/v1/rooms',
      { kind: 'direct', userId: bob.id },
      ada.token,
    );
    const path = `/api/v1/rooms/${opened.body.id}/messages`;
    const send = (content: string) => request(target().url, 'POST', path, { content }, ada.token);
    await Promise.all(Array.from({ length: 50 }, (_, index) => send(`${index}`)));
    const all = await history(ada, bob.id);
    expect(all).toHaveLength(50);
    expect(new Set(all.map(({ created_at }: Json) => created_at)).size).toBe(50);
    for (const cursor of ['created_at', 'id', 'seq']) {
      const walked: Json[] = [];
      for (let page = await history(ada, bob.id, '?limit=10'); page.length > 0; ) {
        expect([cursor, page.length]).toEqual([cursor, 10]);
        walked.unshift(...page);
        page = await history(ada, bob.id, `?limit=10&before=${page[0][cursor]}`);
      }
      expect(walked).toEqual(all);
    }
    const skipped: Json[] = [];
    for (let offset = 0; offset < 50; offset += 10)
      skipped.unshift(...(await history(ada, bob.id, `?limit=10&offset=${offset}`)));
    expect(skipped).toEqual(all);
    expect(await history(ada, bob.id, '?limit=10&offset=45')).toEqual(all.slice(0, 5));
  });

  test('GET /api/messages/:userId shows a conversation to its people only, and creates none', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const room = await request(
      target().url,
      'POST',
      '/api/v1/rooms',
      { kind: 'direct', userId: bob.id },
      ada.token,
    );
    await request(
      target().url,
      'POST',
      `/api/v1/rooms/${room.body.id}/messages`,
      { content: 'between us' },
      ada.token,
    );
    expect(await history(eve, bob.id)).toEqual([]);
    const rooms = await request(target().url, 'GET', '/api/v1/rooms?mine=true', undefined, eve.token);
    expect(rooms.body.rooms).toEqual([]);
    expect(await history(eve, nobody)).toEqual([404, 'user_not_found']);
    expect(await history(eve, eve.id)).toEqual([400, 'self_reference']);
    expect(await history(ada, bob.id, `?before=${nobody}`)).toEqual([404, 'message_not_found']);
    for (const query of ['?before=yesterday', '?before=0', '?limit=0', '?limit=100000']) {
      expect([query, await history(ada, bob.id, query)]).toEqual([query, [400, 'validation_failed']]);
    }
    expect(await history({ ...ada, token: 'nonsense' }, bob.id)).toEqual([401, 'unauthenticated']);
  });

  test('with two command-line clients, text typed by one appears at once in the other', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const env = { PARLEY_URL: target().url, PARLEY_CONFIG_DIR: temporaryFolder(), PARLEY_PASSWORD: password };
    const usernames = [ada, bob].map(({ email }) => email.split('@')[0] ?? '');
    for (const [index, { email }] of [ada, bob].entries()) {
      expect((await run(['login', email, '--profile', `${index}`], env)).code).toBe(0);
    }
    const terminals = [0, 1].map((index) =>
      parley(['dm', usernames[1 - index] ?? '', '--json', '--profile', `${index}`], env),
    );
    try {
      for (const terminal of terminals) await terminal.untilReady();
      for (const [index, terminal] of terminals.entries()) {
        terminal.type(`typed by ${index}`);
        const said = { content: `typed by ${index}`, username: usernames[index] };
        await eventually(() => expect(terminals[1 - index]?.told('message').at(-1)).toMatchObject(said));
      }
    } finally {
      for (const terminal of terminals) terminal.kill();
    }
  });
});
