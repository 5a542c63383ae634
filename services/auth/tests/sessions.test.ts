import type { SessionTokens } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AuthHarness, anyEmail, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const refresh = (refreshToken: string, at: AuthHarness = auth) =>
  at.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
const me = (token: string) => auth.call('GET', '/api/v1/auth/me', { token });
const sessionsOf = async (token: string) =>
  (await auth.call('GET', '/api/v1/auth/sessions', { token })).body.sessions;
const ends = ({ token }: SessionTokens) =>
  eventually(async () =>
    expect(await me(token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } }),
  );

describe('sessions', () => {
  test('are listed with their devices, last used first, the current one marked', async () => {
    const { user, ...phone } = await auth.registered();
    const laptop = (
      await auth.call('POST', '/api/v1/auth/login', {
        body: { email: user.email, password },
        userAgent: 'a laptop',
      })
    ).body as SessionTokens;
    const listed = await sessionsOf(laptop.token);
    expect(listed).toEqual([
      {
        id: laptop.sessionId,
        userAgent: 'a laptop',
        address: expect.stringContaining('127.0.0.1'),
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
        current: true,
      },
      expect.objectContaining({ id: phone.sessionId, userAgent: 'a test', current: false }),
    ]);
    await refresh(phone.refreshToken);
    expect((await sessionsOf(laptop.token)).map(({ id }: { id: string }) => id)).toEqual([
      phone.sessionId,
      laptop.sessionId,
    ]);
  });

  test('logging out ends the current one, and may be repeated', async () => {
    const one = await auth.registered();
    const other = await auth.loggedIn(one.user.email);
    expect((await auth.call('POST', '/api/v1/auth/logout', { token: one.token })).status).toBe(204);
    await auth.published('session.revoked', { sessionId: one.sessionId, reason: 'logout' });
    await ends(one);
    expect((await refresh(one.refreshToken)).status).toBe(401);
    expect((await sessionsOf(other.token)).map(({ id }: { id: string }) => id)).toEqual([other.sessionId]);
  });

  test('can be ended one by one; not those of others, nor ended ones', async () => {
    const one = await auth.registered();
    const other = await auth.loggedIn(one.user.email);
    const stranger = await auth.registered();
    const end = (sessionId: string) =>
      auth.call('DELETE', `/api/v1/auth/sessions/${sessionId}`, { token: other.token });
    expect((await end(one.sessionId)).status).toBe(204);
    await auth.published('session.revoked', { sessionId: one.sessionId, reason: 'revoked' });
    await ends(one);
    for (const sessionId of [one.sessionId, stranger.sessionId, newId()])
      expect(await end(sessionId)).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
    expect((await me(stranger.token)).status).toBe(200);
  });

  test('can all be ended but the current one', async () => {
    const first = await auth.registered();
    const others = [first, await auth.loggedIn(first.user.email)];
    const current = await auth.loggedIn(first.user.email);
    expect((await auth.call('DELETE', '/api/v1/auth/sessions', { token: current.token })).status).toBe(204);
    for (const other of others) await ends(other);
    expect(await sessionsOf(current.token)).toHaveLength(1);
  });
});

describe('changing the password', () => {
  const change = (token: string, body: object, at: AuthHarness = auth) =>
    at.call('POST', '/api/v1/auth/password', { token, body });

  test('ends every other session and voids the old password; the current session continues', async () => {
    const other = await auth.registered();
    const current = await auth.loggedIn(other.user.email);
    expect(
      (await change(current.token, { currentPassword: password, newPassword: 'battery staple' })).status,
    ).toBe(204);
    await auth.published('session.revoked', { sessionId: other.sessionId, reason: 'password_changed' });
    await ends(other);
    expect((await me(current.token)).status).toBe(200);
    expect((await refresh(current.refreshToken)).status).toBe(200);
    expect(
      (await auth.call('POST', '/api/v1/auth/login', { body: { login: current.user.email, password } }))
        .status,
    ).toBe(401);
    await auth.loggedIn(current.user.email, 'battery staple');
  });

  test('requires the current one', async () => {
    const { token, user } = await auth.registered();
    expect(await change(token, { currentPassword: 'a guess', newPassword: 'battery staple' })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials', errors: [{ field: 'currentPassword' }] },
    });
    await auth.loggedIn(user.email);
  });

  test('of two concurrent changes, one takes effect', async () => {
    const { token, user } = await auth.registered();
    const candidates = ['first choice', 'second choice'];
    const answers = await Promise.all(
      candidates.map((newPassword) => change(token, { currentPassword: password, newPassword })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
    const winner = candidates[answers.findIndex(({ status }) => status === 204)] ?? '';
    await auth.loggedIn(user.email, winner);
  });

  test('refuses a login that was comparing the old password', async () => {
    const { token, user } = await auth.registered();
    // One replica runs one hash at a time for a user.
    const beside = await startAuth({ beside: auth });
    const { compare } = bcrypt;
    const body = { currentPassword: password, newPassword: 'battery staple' };
    const overtaken = async (data: string | Buffer, hash: string) => {
      const equal = await compare(data, hash);
      expect((await change(token, body, beside)).status).toBe(204);
      return equal;
    };
    const spy = vi.spyOn(bcrypt, 'compare').mockImplementationOnce(overtaken);
    try {
      const login = await auth.call('POST', '/api/v1/auth/login', { body: { login: user.email, password } });
      expect(login).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    } finally {
      spy.mockRestore();
      await beside.stop();
    }
  });

  test('leaves no session of a login with the old password, even if the two race', async () => {
    for (let round = 0; round < 5; round++) {
      const { token, user } = await auth.registered({ email: anyEmail() });
      const [changed, ...logins] = await Promise.all([
        change(token, { currentPassword: password, newPassword: 'battery staple' }),
        ...Array.from({ length: 4 }, () =>
          auth.call('POST', '/api/v1/auth/login', { body: { login: user.email, password } }),
        ),
      ]);
      expect(changed.status).toBe(204);
      for (const { body } of logins) {
        if (body.refreshToken) expect((await refresh(body.refreshToken)).status).toBe(401);
      }
    }
  });
});
