import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AuthHarness, anyEmail, type Json, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const attempt = (body: object, at: AuthHarness = auth) => at.call('POST', '/api/v1/auth/login', { body });

describe('logging in', () => {
  test('takes the e-mail address or the username, in any case, under its own name or as `login`', async () => {
    const { user } = await auth.registered({ username: 'Ada Lovelace', email: 'ada@example.org' });
    const ways = [
      { email: ' ADA@example.org ' },
      { username: 'ada  lovelace' },
      { login: 'Ada Lovelace' },
      { login: 'ada@EXAMPLE.org' },
      { username: 'ada@example.org' },
    ];
    for (const way of ways) {
      const answer = await attempt({ ...way, password });
      expect(answer, JSON.stringify(way)).toMatchObject({ status: 200, body: { user } });
      expect(answer.body.token).toBe(answer.body.accessToken);
      expect((await auth.call('GET', '/api/v1/auth/me', { token: answer.body.token })).status).toBe(200);
    }
  });

  test.each([{}, { email: 'a@b.example', username: 'a b' }, { login: 'x', email: 'a@b.example' }])(
    'wants exactly one identifier: %j',
    async (identifiers) => {
      expect(await attempt({ ...identifiers, password })).toMatchObject({ status: 422, body: { errors: [{ field: 'login' }] } });
    },
  );

  test('says the same, after the same work, to an unknown user and to a wrong password', async () => {
    const { user } = await auth.registered();
    const compare = vi.spyOn(bcrypt, 'compare');
    try {
      const wrong = await attempt({ login: user.email, password: 'not the password' });
      const unknown = await attempt({ login: 'nobody@example.org', password: 'not the password' });
      expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
      const { requestId: _one, ...said } = wrong.body;
      const { requestId: _other, ...saidToo } = unknown.body;
      expect(saidToo).toEqual(said);
      // The dummy is a hash of the same cost, and the comparison happens.
      const costs = compare.mock.calls.map(([, hash]) => bcrypt.getRounds(hash));
      expect(costs).toEqual([4, 4]);
    } finally {
      compare.mockRestore();
    }
  });

  test('a password stored at another cost is hashed anew, and goes on working', async () => {
    const { user } = await auth.registered();
    const stronger = await startAuth({ beside: auth, env: { BCRYPT_COST: '5' } });
    const compare = vi.spyOn(bcrypt, 'compare');
    try {
      await Promise.all([1, 2, 3].map(() => stronger.loggedIn(user.email)));
      await stronger.loggedIn(user.email);
      expect(bcrypt.getRounds(compare.mock.lastCall?.[1] ?? '')).toBe(5);
    } finally {
      compare.mockRestore();
      await stronger.stop();
    }
  });

  test('never logs passwords or tokens', async () => {
    const secret = 'unmistakable-password';
    const { user, token, refreshToken } = await auth.registered({ password: secret });
    await attempt({ login: user.email, password: `${secret}-wrong` });
    await auth.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
    await auth.call('GET', '/api/v1/auth/me', { token });
    await auth.call('POST', '/api/v1/auth/password', { token, body: { currentPassword: `${secret}!`, newPassword: secret } });
    expect(auth.logged()).toContain('/api/v1/auth/login');
    for (const word of [secret, token, refreshToken]) expect(auth.logged()).not.toContain(word);
  });
});

describe('the limit on failed logins', () => {
  const limited = async (rate: string, work: (at: AuthHarness, beside: AuthHarness) => Promise<void>) => {
    const env = { LOGIN_RATE: rate, TRUST_PROXY: '1' };
    const one = await startAuth({ env });
    const other = await startAuth({ env, beside: one });
    try {
      await work(one, other);
    } finally {
      await other.stop();
      await one.stop();
    }
  };
  /** A login as if from that address: the test is the proxy in front. */
  const from = async (at: AuthHarness, address: string, login: string, given: string) => {
    const response = await fetch(`${at.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ login, password: given }),
    });
    return { status: response.status, retryAfter: response.headers.get('retry-after'), code: ((await response.json()) as Json).code };
  };

  test('holds for an account from whatever address, replica and spelling; then even the right password waits', () =>
    limited('4/m', async (one, other) => {
      const { user } = await one.registered({ username: 'under attack' });
      const spellings = [user.email, 'under attack', 'UNDER ATTACK', user.email.toUpperCase()];
      for (const [index, login] of spellings.entries())
        expect((await from(index % 2 ? one : other, `10.0.0.${index}`, login, 'wrong password')).status).toBe(401);
      const refused = await from(one, '10.0.1.1', user.email, password);
      expect(refused).toMatchObject({ status: 429, code: 'rate_limit' });
      expect(Number(refused.retryAfter)).toBeGreaterThan(30);
      expect((await from(other, '10.0.1.1', user.email, password)).status).toBe(429);
    }));

  test('holds for an address, whatever accounts it tries, and for nobody else', () =>
    limited('4/m', async (one, other) => {
      const { user } = await one.registered();
      for (let index = 0; index < 4; index++)
        expect((await from(index % 2 ? one : other, '10.0.0.1', anyEmail(), 'wrong password')).status).toBe(401);
      expect((await from(one, '10.0.0.1', user.email, password)).status).toBe(429);
      expect((await from(one, '10.0.0.2', user.email, password)).status).toBe(200);
    }));

  test('an unknown account is limited like a known one', () =>
    limited('2/m', async (one) => {
      const statuses = [];
      for (let index = 0; index < 3; index++) statuses.push((await from(one, `10.0.0.${index}`, 'no such one', 'wrong password')).status);
      expect(statuses).toEqual([401, 401, 429]);
    }));

  test('successes do not use it up', () =>
    limited('3/m', async (one) => {
      const { user } = await one.registered();
      for (let index = 0; index < 8; index++) await one.loggedIn(user.email);
    }));

  test('guesses at the current password, with a token at hand, count as well', () =>
    limited('2/m', async (one) => {
      const { token } = await one.registered();
      const guess = () =>
        one.call('POST', '/api/v1/auth/password', { token, body: { currentPassword: 'a guess', newPassword: 'another password' } });
      expect([(await guess()).status, (await guess()).status, (await guess()).status]).toEqual([401, 401, 429]);
    }));
});
