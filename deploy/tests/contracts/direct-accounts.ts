import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { nobody, password } from './cast.ts';
import { connectSocketIo } from './connections.ts';
import type { DirectCast } from './direct-cast.ts';

/** Registration, login and CORS of `direct.md`. */
export function directAccounts({ target, ask, register }: DirectCast): void {
  test('POST /api/auth/register answers `token`, and derives the username from the e-mail', async () => {
    const email = `ada-${randomUUID()}@example.org`;
    const { status, body } = await ask('POST', '/api/auth/register', { email, password });
    expect([status, body.user]).toMatchObject([201, { email, username: email.split('@')[0] }]);
    expect(body.token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const same = `${email.split('@')[0]}@example.com`;
    const { body: other } = await ask('POST', '/api/auth/register', {
      email: same,
      password,
    });
    expect(other.user.username).not.toBe(body.user.username);
    expect((await ask('POST', '/api/auth/register', { email, password })).body.code).toBe('email_taken');
    expect((await ask('POST', '/api/auth/register', { email: 'nonsense', password })).status).toBe(400);
  });

  test('POST /api/auth/login answers a JWT as `token`, which opens the socket', async () => {
    const ada = await register('ada');
    const { status, body } = await ask('POST', '/api/auth/login', {
      email: ada.email,
      password,
    });
    expect([status, body.user.id]).toEqual([200, ada.id]);
    (await connectSocketIo(target().gateways[0], body.token)).close();
    const wrong = await ask('POST', '/api/auth/login', {
      email: ada.email,
      password: 'wrong horse',
    });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials']);
  });

  test('direct.md: REST accepts the token as a header `token`, and refuses invalid ones', async () => {
    const ada = await register('ada');
    const call = async (headers: Record<string, string>) =>
      (await fetch(`${target().url}/api/messages/${nobody}`, { headers })).status;
    expect(await call({ token: ada.token })).toBe(404);
    expect(await call({ authorization: `Bearer ${ada.token}` })).toBe(404);
    for (const headers of [{}, { token: '' }, { token: 'nonsense' }, { authorization: ada.token }])
      expect([headers, await call(headers)]).toEqual([headers, 401]);
  });

  test.each([
    ['ada.l+chat', 'ada.l+chat'],
    ["o'neil_+a-b", "o'neil_+a-b"],
    ['a'.repeat(60), 'a'.repeat(40)],
    ['x', 'user'],
  ])('direct.md: %s@… becomes the username %s, with digits if it is taken', async (local, base) => {
    const names: string[] = [];
    for (const domain of ['example.org', 'example.com', 'example.net']) {
      const email = `${local}@${randomUUID()}.${domain}`;
      const { status, body } = await ask('POST', '/api/auth/register', { email, password });
      expect(status).toBe(201);
      names.push(body.user.username);
    }
    expect(new Set(names).size).toBe(3);
    for (const name of names) {
      expect(name.startsWith(base)).toBe(true);
      expect(name.slice(base.length)).toMatch(/^(\d{3,9})?$/);
    }
    expect(names.slice(1)).not.toContain(base);
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
}
