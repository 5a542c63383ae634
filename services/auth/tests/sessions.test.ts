import { ask } from '@parley/bus';
import { calls, type SessionTokens } from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { InviteStore } from '../src/stores/invites.ts';
import { SessionStore } from '../src/stores/sessions.ts';
import { SigningKeyStore } from '../src/stores/signing-keys.ts';
import { purgeExpired } from '../src/usecases/purge-expired.ts';
import { type AuthHarness, anyEmail, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const refresh = (refreshToken: string, at: AuthHarness = auth) => at.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
const me = (token: string) => auth.call('GET', '/api/v1/auth/me', { token });
const sessionsOf = async (token: string) => (await auth.call('GET', '/api/v1/auth/sessions', { token })).body.sessions;
const ends = ({ token }: SessionTokens) =>
  eventually(async () => expect(await me(token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } }));

describe('refreshing', () => {
  test('answers new tokens of the same session, and each refresh token works once', async () => {
    const first = await auth.registered();
    const second = (await refresh(first.refreshToken)).body;
    expect(second).toMatchObject({ user: first.user, sessionId: first.sessionId, expiresIn: 900 });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await me(second.token)).status).toBe(200);
    const third = await refresh(second.refreshToken);
    expect(third.status).toBe(200);
  });

  test('a token used again ends the whole session, its latest tokens included, and says why', async () => {
    const first = await auth.registered();
    const second = (await refresh(first.refreshToken)).body;
    expect(await refresh(first.refreshToken)).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
    const { data } = await auth.told('session.revoked', { sessionId: first.sessionId });
    expect(data).toMatchObject({ userId: first.user.id, reason: 'token_reused' });
    expect(Date.parse(data.until) - auth.now()).toBeGreaterThan(14 * 60_000);
    expect(await refresh(second.refreshToken)).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
    await ends(second);
  });

  test('of 10 uses at once, on two replicas, one succeeds; the others are reuse, and the session is over', async () => {
    const beside = await startAuth({ beside: auth });
    try {
      const { refreshToken, sessionId } = await auth.registered();
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => refresh(refreshToken, index % 2 ? auth : beside)));
      const succeeded = answers.filter(({ status }) => status === 200);
      expect(succeeded).toHaveLength(1);
      expect(answers.filter(({ body }) => body.code === 'invalid_refresh_token')).toHaveLength(9);
      await auth.told('session.revoked', { sessionId, reason: 'token_reused' });
      expect(auth.events.filter(({ data }) => data.sessionId === sessionId)).toHaveLength(1);
      expect((await refresh(succeeded[0]?.body.refreshToken)).status).toBe(401);
    } finally {
      await beside.stop();
    }
  });

  test('other sessions of the same user are not touched by it', async () => {
    const one = await auth.registered();
    const other = await auth.loggedIn(one.user.email);
    await refresh(one.refreshToken);
    await refresh(one.refreshToken);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  test.each(['made up', 'x'.repeat(512), 'ünïcode 🎈'])('a token that is none of ours is refused: %s', async (token) => {
    expect(await refresh(token)).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
  });

  test('only hashes of refresh tokens are stored', async () => {
    const { refreshToken } = await auth.registered();
    const db = connectDatabase({ url: auth.database.url, schema: 'auth' });
    try {
      const rows = await db('refresh_tokens').select('token_hash');
      expect(rows.every((row) => row.token_hash.length === 32)).toBe(true);
      const raw = Buffer.from(refreshToken, 'base64url');
      expect(rows.some((row) => row.token_hash.equals(raw) || row.token_hash.equals(Buffer.from(refreshToken)))).toBe(false);
    } finally {
      await db.destroy();
    }
  });

  test('access tokens live for ACCESS_TTL, sessions for REFRESH_TTL after their last use', async () => {
    const hour = 3_600_000;
    const short = await startAuth({ env: { ACCESS_TTL: '10m', REFRESH_TTL: '2h' } });
    try {
      const first = await short.registered();
      short.pass(11 * 60_000);
      expect(await short.call('GET', '/api/v1/auth/me', { token: first.token })).toMatchObject({
        status: 401,
        body: { code: 'token_expired' },
      });
      short.pass(1.5 * hour);
      const second = (await refresh(first.refreshToken, short)).body;
      short.pass(1.5 * hour);
      const third = (await refresh(second.refreshToken, short)).body;
      expect(third.sessionId).toBe(first.sessionId);
      short.pass(2.1 * hour);
      expect(await refresh(third.refreshToken, short)).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
    } finally {
      await short.stop();
    }
  });

  test('what is over is deleted, and nothing else', async () => {
    const db = connectDatabase({ url: auth.database.url, schema: 'auth' });
    try {
      const old = await auth.registered({ organizationName: 'With an invite' });
      await auth.call('POST', '/api/v1/organizations/mine/invites', { token: old.token, body: {} });
      const day = 86_400_000;
      auth.pass(31 * day);
      const renewed = await auth.registered();
      await refresh(renewed.refreshToken);
      const purge = purgeExpired({
        sessions: new SessionStore(db),
        invites: new InviteStore(db),
        keys: new SigningKeyStore(db),
        settings: { accessTtlMs: 900_000, refreshTtlMs: 30 * day, joinPolicy: 'invite' },
        clock: auth.now,
      });
      await Promise.all([purge(), purge()]);
      expect(await db('sessions').pluck('id')).toEqual([renewed.sessionId]);
      expect(await db('refresh_tokens').pluck('session_id')).toEqual([renewed.sessionId, renewed.sessionId]);
      expect(await db('organization_invites')).toEqual([]);
      expect((await refresh(renewed.refreshToken)).status).toBe(401);
      await auth.told('session.revoked', { sessionId: renewed.sessionId, reason: 'token_reused' });
    } finally {
      await db.destroy();
    }
  });
});

describe('sessions', () => {
  test('are listed with where they are used from, last used first, the current one marked', async () => {
    const { user, ...phone } = await auth.registered();
    const laptop = (await auth.call('POST', '/api/v1/auth/login', { body: { email: user.email, password }, userAgent: 'a laptop' }))
      .body as SessionTokens;
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
    expect((await sessionsOf(laptop.token)).map(({ id }: { id: string }) => id)).toEqual([phone.sessionId, laptop.sessionId]);
  });

  test('logging out ends the current one, and twice is no error', async () => {
    const one = await auth.registered();
    const other = await auth.loggedIn(one.user.email);
    expect((await auth.call('POST', '/api/v1/auth/logout', { token: one.token })).status).toBe(204);
    await auth.told('session.revoked', { sessionId: one.sessionId, reason: 'logout' });
    await ends(one);
    expect((await refresh(one.refreshToken)).status).toBe(401);
    expect((await sessionsOf(other.token)).map(({ id }: { id: string }) => id)).toEqual([other.sessionId]);
  });

  test('one of them can be ended; not those of others, nor one that has ended', async () => {
    const one = await auth.registered();
    const other = await auth.loggedIn(one.user.email);
    const stranger = await auth.registered();
    const end = (sessionId: string) => auth.call('DELETE', `/api/v1/auth/sessions/${sessionId}`, { token: other.token });
    expect((await end(one.sessionId)).status).toBe(204);
    await auth.told('session.revoked', { sessionId: one.sessionId, reason: 'revoked' });
    await ends(one);
    for (const sessionId of [one.sessionId, stranger.sessionId, newId()])
      expect(await end(sessionId)).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
    expect((await me(stranger.token)).status).toBe(200);
  });

  test('all others can be ended at once', async () => {
    const first = await auth.registered();
    const others = [first, await auth.loggedIn(first.user.email)];
    const current = await auth.loggedIn(first.user.email);
    expect((await auth.call('DELETE', '/api/v1/auth/sessions', { token: current.token })).status).toBe(204);
    for (const other of others) await ends(other);
    expect(await sessionsOf(current.token)).toHaveLength(1);
  });

  test('whoever verifies tokens and starts late learns of those that were ended while a token of theirs may live, and no longer', async () => {
    const { token, sessionId } = await auth.registered();
    const revoked = async () => (await ask(auth.bus, calls.getVerificationState, {})).revoked.map((session) => session.sessionId);
    expect(await revoked()).not.toContain(sessionId);
    await auth.call('POST', '/api/v1/auth/logout', { token });
    expect(await revoked()).toContain(sessionId);
    auth.pass(16 * 60_000);
    expect(await revoked()).not.toContain(sessionId);
  });
});

describe('changing the password', () => {
  const change = (token: string, body: object) => auth.call('POST', '/api/v1/auth/password', { token, body });

  test('ends every other session; the old password is worthless, the current session goes on', async () => {
    const other = await auth.registered();
    const current = await auth.loggedIn(other.user.email);
    expect((await change(current.token, { currentPassword: password, newPassword: 'battery staple' })).status).toBe(204);
    await auth.told('session.revoked', { sessionId: other.sessionId, reason: 'password_changed' });
    await ends(other);
    expect((await me(current.token)).status).toBe(200);
    expect((await refresh(current.refreshToken)).status).toBe(200);
    expect((await auth.call('POST', '/api/v1/auth/login', { body: { login: current.user.email, password } })).status).toBe(401);
    await auth.loggedIn(current.user.email, 'battery staple');
  });

  test('needs the current one', async () => {
    const { token, user } = await auth.registered();
    expect(await change(token, { currentPassword: 'a guess', newPassword: 'battery staple' })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials', errors: [{ field: 'currentPassword' }] },
    });
    await auth.loggedIn(user.email);
  });

  test('of two changes at once, one counts', async () => {
    const { token, user } = await auth.registered();
    const candidates = ['first choice', 'second choice'];
    const answers = await Promise.all(candidates.map((newPassword) => change(token, { currentPassword: password, newPassword })));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
    const winner = candidates[answers.findIndex(({ status }) => status === 204)] ?? '';
    await auth.loggedIn(user.email, winner);
  });

  test('a login that compared with the old password just before is refused', async () => {
    const { token, user } = await auth.registered();
    const { compare } = bcrypt;
    const overtaken = async (data: string | Buffer, hash: string) => {
      const equal = await compare(data, hash);
      expect((await change(token, { currentPassword: password, newPassword: 'battery staple' })).status).toBe(204);
      return equal;
    };
    const spy = vi.spyOn(bcrypt, 'compare').mockImplementationOnce(overtaken);
    try {
      const login = await auth.call('POST', '/api/v1/auth/login', { body: { login: user.email, password } });
      expect(login).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    } finally {
      spy.mockRestore();
    }
  });

  test('no login with the old password outlives it, however the two race', async () => {
    for (let round = 0; round < 5; round++) {
      const { token, user } = await auth.registered({ email: anyEmail() });
      const [changed, ...logins] = await Promise.all([
        change(token, { currentPassword: password, newPassword: 'battery staple' }),
        ...Array.from({ length: 4 }, () => auth.call('POST', '/api/v1/auth/login', { body: { login: user.email, password } })),
      ]);
      expect(changed.status).toBe(204);
      for (const { body } of logins) {
        if (body.refreshToken) expect((await refresh(body.refreshToken)).status).toBe(401);
      }
    }
  });
});
