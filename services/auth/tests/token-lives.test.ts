import { ask, MemoryBus } from '@parley/bus';
import { calls, type SessionTokens } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { TokenVerifier } from '@parley/http';
import { createLogger } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { purgeExpired } from '../src/usecases/purge-expired.ts';
import { type AuthHarness, anyEmail, besideService, type Json, password, startAuth } from './auth-harness.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

let auth: AuthHarness;
let beside: AuthHarness;
let db: Database;
beforeAll(async () => {
  auth = await startAuth({ env: { ORG_JOIN_POLICY: 'open' } });
  beside = await startAuth({ beside: auth });
  db = connectDatabase({ url: auth.database.url, schema: 'auth' });
});
afterAll(async () => {
  await db.destroy();
  await beside.stop();
  await auth.stop();
});

let count = 0;
const post = async (path: string, body: object): Promise<Json> => {
  const answer = await auth.call('POST', path, { body });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
};
const atRoot = () => post('/auth/register', { username: `Ada ${++count}`, email: anyEmail(), password });
const tenant = () => post('/api/auth/register', { username: `Ada ${++count}`, email: anyEmail(), password });
const me = (token: string, at: AuthHarness = auth) => at.call('GET', '/api/v1/auth/me', { token });
const secondsOf = (token: string) => {
  const { iat = 0, exp = 0 } = jwt.decode(token) as jwt.JwtPayload;
  return exp - iat;
};
const revoked = async () =>
  (await ask(auth.bus, calls.getVerificationState, {})).revoked.map((session) => session.sessionId);
/** Verifies with a verifier that starts now and knows only auth's current state. */
const verifyAfresh = async (token: string) => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const bus = new MemoryBus({ logger });
  await bus.serve(calls.getVerificationState.method, async (question) =>
    ask(auth.bus, calls.getVerificationState, question as object),
  );
  return new TokenVerifier({ bus, clock: auth.now, logger }).verify(token).finally(() => bus.close());
};
const purge = () => purgeExpired(besideService(auth, db).context);

describe('access tokens', () => {
  test.each([
    ['conversations', atRoot],
    ['groups', () => post('/auth/register', { fullName: 'Ada', email: anyEmail(), password })],
    ['direct', () => post('/api/auth/register', { email: anyEmail(), password })],
  ])(
    '%s: every field that its clients read lives 7 days; the standard pair stays short-lived',
    async (_contract, register) => {
      const { token, access_token, session, accessToken, expiresIn } = await register();
      expect([session.access_token, access_token]).toEqual([token, token]);
      expect([secondsOf(token), session.expires_in]).toEqual([7 * 86_400, 7 * 86_400]);
      expect([secondsOf(accessToken), expiresIn]).toEqual([900, 900]);
    },
  );

  test('rooms: `token` lives 7 days; `accessToken`, with its `expiresIn`, 15 minutes', async () => {
    const { token, accessToken, expiresIn } = await auth.registered();
    expect([secondsOf(token), secondsOf(accessToken), expiresIn]).toEqual([7 * 86_400, 900, 900]);
  });

  test('organizations, whose clients refresh: all are short-lived', async () => {
    const { token, access_token, session, accessToken, expiresIn } = await tenant();
    expect([access_token, session.access_token, accessToken]).toEqual([token, token, token]);
    expect([secondsOf(token), session.expires_in, expiresIn]).toEqual([900, 900, 900]);
  });

  test('live for SIMPLE_ACCESS_TTL or ACCESS_TTL; unused sessions live for REFRESH_TTL', async () => {
    const short = await startAuth({ env: { ACCESS_TTL: '10m', SIMPLE_ACCESS_TTL: '1h', REFRESH_TTL: '2h' } });
    const refresh = (refreshToken: string) =>
      short.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
    const expired = { status: 401, body: { code: 'token_expired' } };
    try {
      const first = await short.registered();
      short.pass(11 * minute);
      expect(await me(first.accessToken, short)).toMatchObject(expired);
      expect((await me(first.token, short)).status).toBe(200);
      short.pass(50 * minute);
      expect(await me(first.token, short)).toMatchObject(expired);
      short.pass(50 * minute);
      const second = (await refresh(first.refreshToken)).body;
      short.pass(1.5 * hour);
      const third = (await refresh(second.refreshToken)).body;
      expect(third.sessionId).toBe(first.sessionId);
      short.pass(2.1 * hour);
      expect(await refresh(third.refreshToken)).toMatchObject({
        status: 401,
        body: { code: 'invalid_refresh_token' },
      });
    } finally {
      await short.stop();
    }
  });

  test('a long-lived one states no role, which would be out of date for days', async () => {
    const { token, accessToken, user } = await auth.registered({ organizationName: 'No authority' });
    expect(jwt.decode(accessToken)).toMatchObject({ org: user.organizationId, role: 'admin' });
    expect(jwt.decode(token)).toMatchObject({ org: user.organizationId });
    expect(jwt.decode(token)).not.toHaveProperty('role');
    expect((await verifyAfresh(token)).caller).toMatchObject({
      organizationId: user.organizationId,
      organizationRole: null,
    });
  });

  test('a demoted admin has no admin rights left, whichever token they present', async () => {
    const admin = await auth.registered({ organizationName: 'Demotion' });
    const other = await auth.registered({ organizationName: 'Demotion' });
    const setRole = (token: string, userId: string, role: string) =>
      auth.call('PATCH', `/api/v1/organizations/mine/members/${userId}`, { token, body: { role } });
    expect((await setRole(admin.token, other.user.id, 'admin')).status).toBe(200);
    expect((await setRole(other.token, admin.user.id, 'user')).status).toBe(200);
    for (const token of [admin.token, admin.accessToken])
      expect(await setRole(token, other.user.id, 'user')).toMatchObject({
        status: 403,
        body: { code: 'not_authorized' },
      });
  });
});

describe('an ended session invalidates its long-lived tokens', () => {
  const gone = { status: 401, body: { code: 'session_revoked' } };
  const ended = async (...tokens: string[]) => {
    for (const token of tokens)
      for (const replica of [auth, beside])
        await eventually(async () => expect(await me(token, replica)).toMatchObject(gone), {
          timeoutMs: 1_000,
        });
  };
  const ways: [string, (one: SessionTokens & Json) => Promise<unknown>][] = [
    ['logging out', ({ token }) => auth.call('POST', '/auth/logout', { token })],
    [
      'a reused refresh token',
      async ({ refreshToken }) => {
        const second = await post('/api/v1/auth/refresh', { refreshToken });
        await post('/api/v1/auth/refresh', second);
        await auth.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
      },
    ],
    [
      'a changed password elsewhere',
      async ({ user }) => {
        const { token } = await auth.loggedIn(user.email);
        await auth.call('PUT', '/user/update-password', {
          token,
          body: { id: user.id, password: 'battery staple' },
        });
      },
    ],
    [
      'erasing its user',
      ({ token }) => auth.call('DELETE', '/api/v1/auth/me', { token, body: { password } }),
    ],
  ];
  test.each(ways)('by %s: within a second on every replica', async (_way, end) => {
    const one = await atRoot();
    expect((await me(one.token, beside)).status).toBe(200);
    await end(one);
    await ended(one.token, one.accessToken);
  });

  test('by leaving the organization', async () => {
    const { token, accessToken } = await auth.registered({ organizationName: 'Left' });
    expect((await auth.call('POST', '/api/v1/organizations/mine/leave', { token })).status).toBe(204);
    await ended(token, accessToken);
  });
});

describe('verifiers that start later', () => {
  test('learn of an ended session exactly as long as its tokens may live, despite clean-ups', async () => {
    const { token } = await atRoot();
    const { sid } = jwt.decode(token) as Json;
    expect(await revoked()).not.toContain(sid);
    await auth.call('POST', '/auth/logout', { token });
    auth.pass(7 * day - minute);
    await purge();
    expect(await revoked()).toContain(sid);
    await expect(verifyAfresh(token)).rejects.toMatchObject({ code: 'session_revoked' });
    auth.pass(3 * minute);
    expect(await revoked()).not.toContain(sid);
    auth.pass(2 * hour);
    await purge();
    expect(await db('sessions').where('id', sid)).toEqual([]);
  });

  test('remember sessions of organizations for no longer than their short-lived tokens need', async () => {
    const { accessToken } = await tenant();
    const { sid } = jwt.decode(accessToken) as Json;
    await auth.call('POST', '/auth/logout', { token: accessToken });
    expect(await revoked()).toContain(sid);
    auth.pass(17 * minute);
    expect(await revoked()).not.toContain(sid);
  });

  test('learn of tokens that were issued when SIMPLE_ACCESS_TTL was longer', async () => {
    const { token } = await atRoot();
    const shorter = await startAuth({ beside: auth, env: { SIMPLE_ACCESS_TTL: '15m' } });
    try {
      await shorter.call('POST', '/auth/logout', { token });
      const event = await auth.published('session.revoked', { sessionId: (jwt.decode(token) as Json).sid });
      expect(Date.parse(event.data.until)).toBeGreaterThan(auth.now() + 7 * day - minute);
    } finally {
      await shorter.stop();
    }
  });

  test('learn of more ended sessions than fit into one reply', async () => {
    const { sessionId, token, user } = await auth.registered();
    // Their ids sort before that of the session, so that it is on the second page.
    await db.raw(
      `insert into sessions (id, user_id, user_agent, address, created_at, last_used_at, expires_at,
         access_expires_at, revoked_at)
       select ('00000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid,
              :userId, '', '', now(), now(), now(), :until, now()
       from generate_series(1, 20500) as number`,
      { userId: user.id, until: new Date(auth.now() + hour) },
    );
    await db('sessions')
      .where('id', sessionId)
      .update({ revoked_at: new Date(auth.now()) });
    try {
      await expect(verifyAfresh(token)).rejects.toMatchObject({ code: 'session_revoked' });
      const first = await ask(auth.bus, calls.getVerificationState, {});
      expect(first.revoked).toHaveLength(20_000);
      const second = await ask(auth.bus, calls.getVerificationState, { after: first.next });
      expect(second.revoked.map((session) => session.sessionId)).toContain(sessionId);
      expect(second.next).toBeUndefined();
    } finally {
      await db('sessions').where('user_id', user.id).delete();
    }
  });
});

describe('the clean-up', () => {
  beforeEach(() => db('sessions').delete());

  test('deletes expired rows and nothing else', async () => {
    const old = await auth.registered({ organizationName: 'With an invite' });
    await auth.call('POST', '/api/v1/organizations/mine/invites', { token: old.token, body: {} });
    auth.pass(31 * day);
    const renewed = await auth.registered();
    await post('/api/v1/auth/refresh', { refreshToken: renewed.refreshToken });
    await Promise.all([purge(), purge()]);
    expect(await db('sessions').pluck('id')).toEqual([renewed.sessionId]);
    expect(await db('refresh_tokens').pluck('session_id')).toEqual([renewed.sessionId, renewed.sessionId]);
    expect(await db('organization_invites')).toEqual([]);
  });

  test('keeps a session while its long-lived token lives, even if it cannot be refreshed', async () => {
    const brief = await startAuth({ beside: auth, env: { REFRESH_TTL: '1h' } });
    try {
      const { token, refreshToken, sessionId } = await brief.registered();
      auth.pass(3 * day);
      await purge();
      expect((await brief.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).status).toBe(401);
      expect((await auth.call('GET', '/api/v1/auth/sessions', { token })).body.sessions).toMatchObject([
        { id: sessionId },
      ]);
      expect((await auth.call('POST', '/api/v1/auth/logout', { token })).status).toBe(204);
      await eventually(async () => expect((await me(token)).status).toBe(401));
    } finally {
      await brief.stop();
    }
  });
});
