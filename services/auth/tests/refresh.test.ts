import { connectDatabase, type Database } from '@parley/database';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthHarness, anyEmail, type Json, password, startAuth } from './auth-harness.ts';

const hour = 3_600_000;
const day = 24 * hour;

let auth: AuthHarness;
let beside: AuthHarness;
let db: Database;
beforeAll(async () => {
  auth = await startAuth();
  beside = await startAuth({ beside: auth });
  db = connectDatabase({ url: auth.database.url, schema: 'auth' });
});
afterAll(async () => {
  await db.destroy();
  await beside.stop();
  await auth.stop();
});

const refresh = (refreshToken: string, at: AuthHarness = auth) =>
  at.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
const refreshed = async (refreshToken: string, at: AuthHarness = auth): Promise<Json> => {
  const answer = await refresh(refreshToken, at);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
  return answer.body;
};
const me = (token: string, at: AuthHarness = auth) => at.call('GET', '/api/v1/auth/me', { token });
const refused = { status: 401, body: { code: 'invalid_refresh_token' } };
const tokensOf = async (sessionId: string) =>
  Number((await db('refresh_tokens').where('session_id', sessionId).count().first())?.count);
/** On both replicas, within a second. */
const ended = async (...tokens: string[]) => {
  for (const token of tokens)
    for (const replica of [auth, beside])
      await eventually(
        async () =>
          expect(await me(token, replica)).toMatchObject({ status: 401, body: { code: 'session_revoked' } }),
        {
          timeoutMs: 1_000,
        },
      );
};

describe('refreshing', () => {
  test('has a budget of its own: other requests from the address do not end a session', async () => {
    const limited = await startAuth({ beside: auth, env: { API_RATE: '4/m' } });
    try {
      let { refreshToken } = await auth.registered();
      const guess = () =>
        limited.call('POST', '/api/v1/auth/login', { body: { login: anyEmail(), password } });
      const statuses: number[] = [];
      for (let count = 0; count < 5; count++) statuses.push((await guess()).status);
      expect(statuses).toEqual([401, 401, 401, 401, 429]);
      for (let count = 0; count < 4; count++) ({ refreshToken } = await refreshed(refreshToken, limited));
      for (const path of ['/api/v1/auth/refresh', '/api/auth/refresh-token'])
        expect((await limited.call('POST', path, { body: { refreshToken } })).status).toBe(429);
    } finally {
      await limited.stop();
    }
  });

  test('returns new tokens of the same session', async () => {
    const first = await auth.registered();
    const second = await refreshed(first.refreshToken);
    expect(second).toMatchObject({ user: first.user, sessionId: first.sessionId, expiresIn: 900 });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    for (const token of [second.accessToken, second.token]) expect((await me(token)).status).toBe(200);
    await refreshed((await refreshed(second.refreshToken)).refreshToken);
  });

  test('repeating a token before its successor is used returns the same successor everywhere', async () => {
    const first = await auth.registered();
    const [lost, again, elsewhere] = [
      await refreshed(first.refreshToken),
      await refreshed(first.refreshToken),
      await refreshed(first.refreshToken, beside),
    ];
    expect([again.refreshToken, elsewhere.refreshToken]).toEqual([lost.refreshToken, lost.refreshToken]);
    expect((await me(again.accessToken)).status).toBe(200);
  });

  test('using the new access token does not spend the old refresh token', async () => {
    const first = await auth.registered();
    for (let round = 0; round < 3; round++)
      expect((await me((await refreshed(first.refreshToken)).accessToken)).status).toBe(200);
  });

  test('two tabs that refresh at once both stay logged in, through many rounds', async () => {
    let tabs = Array<string>(2).fill((await auth.registered()).refreshToken);
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        tabs.map((token, index) => refreshed(token, index === 0 ? auth : beside)),
      );
      tabs = answers.map((answer) => answer.refreshToken);
    }
  });

  test('a token whose successor was used ends the session everywhere within a second', async () => {
    const first = await auth.registered();
    const second = await refreshed(first.refreshToken);
    const third = await refreshed(second.refreshToken);
    expect(await refresh(first.refreshToken, beside)).toMatchObject(refused);
    await ended(first.token, second.accessToken, third.token);
    expect((await auth.published('session.revoked', { sessionId: first.sessionId })).data).toMatchObject({
      userId: first.user.id,
      reason: 'token_reused',
    });
    for (const token of [first, second, third])
      expect(await refresh(token.refreshToken)).toMatchObject(refused);
  });

  test('any older token does the same', async () => {
    const first = await auth.registered();
    let latest = await refreshed(first.refreshToken);
    for (let round = 0; round < 3; round++) latest = await refreshed(latest.refreshToken);
    expect(await refresh(first.refreshToken)).toMatchObject(refused);
    await ended(latest.token);
  });

  test('20 concurrent uses of one token on two replicas succeed with one successor and one row', async () => {
    const { refreshToken, sessionId } = await auth.registered();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => refreshed(refreshToken, index % 2 ? auth : beside)),
    );
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    expect(await tokensOf(sessionId)).toBe(2);
    await refreshed(answers[0].refreshToken);
  });

  test('a token and its successor used at once succeed, or the late token ends the session', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const first = await auth.registered();
      const second = await refreshed(first.refreshToken);
      const [old, next] = await Promise.all([
        refresh(first.refreshToken),
        refresh(second.refreshToken, beside),
      ]);
      outcomes.add(`${old.status} ${next.status}`);
      // The successor has been used by now, so the old token is spent. Its reuse ends the session.
      expect(await refresh(first.refreshToken)).toMatchObject(refused);
      await ended(first.token);
    }
    for (const outcome of outcomes) expect(['200 200', '401 200', '401 401']).toContain(outcome);
  });

  test('a client that never stores the new token stays logged in and adds no rows', async () => {
    const first = (
      await auth.call('POST', '/api/auth/register', {
        body: { username: 'never stores', email: anyEmail(), password },
      })
    ).body;
    const { sessionId } = await refreshed(first.refreshToken);
    for (let round = 0; round < 5; round++) {
      auth.pass(20 * day);
      const { body, status } = await auth.call('POST', '/api/auth/refresh-token', {
        body: { refreshToken: first.refreshToken },
      });
      expect(status).toBe(200);
      expect((await me(body.accessToken)).status).toBe(200);
    }
    expect(await tokensOf(sessionId)).toBe(2);
    auth.pass(30 * day + hour);
    expect(await refresh(first.refreshToken)).toMatchObject(refused);
  });

  test('a token used up by an earlier release is spent', async () => {
    const first = await auth.registered();
    await db('refresh_tokens').where('session_id', first.sessionId).update({ used_at: new Date() });
    expect(await refresh(first.refreshToken)).toMatchObject(refused);
    await ended(first.token);
  });

  test('a reuse does not affect other sessions of the user', async () => {
    const one = await auth.registered();
    const other = await auth.loggedIn(one.user.email);
    await refreshed((await refreshed(one.refreshToken)).refreshToken);
    expect(await refresh(one.refreshToken)).toMatchObject(refused);
    await refreshed(other.refreshToken);
  });

  test.each(['made up', 'x'.repeat(512), 'ünïcode 🎈'])('an unknown token is rejected: %s', async (token) => {
    expect(await refresh(token)).toMatchObject(refused);
  });

  test('the database contains no refresh token, neither the first of a session nor a successor', async () => {
    const first = await auth.registered();
    const second = await refreshed(first.refreshToken);
    const stored = JSON.stringify(
      await db('refresh_tokens').where('session_id', first.sessionId),
      (_key, value) =>
        value?.type === 'Buffer'
          ? [...['base64url', 'utf8', 'hex']].map((form) => Buffer.from(value.data).toString(form as 'hex'))
          : value,
    );
    for (const { refreshToken } of [first, second]) {
      expect(stored).not.toContain(refreshToken);
      expect(stored).not.toContain(Buffer.from(refreshToken, 'base64url').toString('hex'));
    }
    expect(await tokensOf(first.sessionId)).toBe(2);
  });
});

describe('REFRESH_TOKEN_REUSE=never', () => {
  let strict: AuthHarness;
  beforeAll(async () => {
    strict = await startAuth({ beside: auth, env: { REFRESH_TOKEN_REUSE: 'never' } });
  });
  afterAll(() => strict.stop());

  test('a token works only once, however soon it is repeated', async () => {
    const first = await strict.registered();
    const second = await refreshed(first.refreshToken, strict);
    await refreshed(second.refreshToken, strict);
    expect(await refresh(second.refreshToken, strict)).toMatchObject(refused);
    await ended(second.token);
  });

  test('of 10 concurrent uses, one succeeds; the others are reuse and end the session', async () => {
    const { refreshToken, token, sessionId } = await strict.registered();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken, strict)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(401)]);
    await ended(token);
    expect(auth.events.filter(({ data }) => data.sessionId === sessionId)).toHaveLength(1);
  });

  test('setting it spends no existing token: the next refresh with each still works', async () => {
    const first = await auth.registered();
    const second = await refreshed(first.refreshToken);
    expect((await refreshed(first.refreshToken, strict)).refreshToken).toBe(second.refreshToken);
    expect(await refresh(first.refreshToken, strict)).toMatchObject(refused);
  });
});
