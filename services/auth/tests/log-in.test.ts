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
  test('accepts the e-mail address or username, in any case, under its own name or as `login`', async () => {
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
      for (const token of [answer.body.token, answer.body.accessToken])
        expect((await auth.call('GET', '/api/v1/auth/me', { token })).status).toBe(200);
    }
  });

  test.each([{}, { email: 'a@b.example', username: 'a b' }, { login: 'x', email: 'a@b.example' }])(
    'requires exactly one identifier: %j',
    async (identifiers) => {
      expect(await attempt({ ...identifiers, password })).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'login' }] },
      });
    },
  );

  test('responds identically, after the same work, to an unknown user and a wrong password', async () => {
    const { user } = await auth.registered();
    const compare = vi.spyOn(bcrypt, 'compare');
    try {
      const wrong = await attempt({ login: user.email, password: 'not the password' });
      const unknown = await attempt({ login: 'nobody@example.org', password: 'not the password' });
      expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
      const { requestId: _one, ...said } = wrong.body;
      const { requestId: _other, ...saidToo } = unknown.body;
      expect(saidToo).toEqual(said);
      // The dummy hash has the same cost, and the comparison runs.
      const costs = compare.mock.calls.map(([, hash]) => bcrypt.getRounds(hash));
      expect(costs).toEqual([4, 4]);
    } finally {
      compare.mockRestore();
    }
  });

  test('a password stored at another cost is rehashed and continues to work', async () => {
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
    await auth.call('POST', '/api/v1/auth/password', {
      token,
      body: { currentPassword: `${secret}!`, newPassword: secret },
    });
    expect(auth.logged()).toContain('/api/v1/auth/login');
    for (const word of [secret, token, refreshToken]) expect(auth.logged()).not.toContain(word);
  });
});

describe('the limit on failed logins', () => {
  let one: AuthHarness;
  let other: AuthHarness;
  // Two replicas for all tests, which differ in their users and addresses.
  beforeAll(async () => {
    const env = { LOGIN_RATE: '2/m', TRUST_PROXY: '1' };
    one = await startAuth({ env });
    other = await startAuth({ env, beside: one });
  });
  afterAll(async () => {
    await other.stop();
    await one.stop();
  });
  /** Logs in from the given address: the test poses as the proxy in front. */
  const from = async (at: AuthHarness, address: string, login: string, given = 'wrong password') => {
    const response = await fetch(`${at.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ login, password: given }),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as Json,
    };
  };
  const statuses = async (attempts: readonly (() => Promise<{ status: number }>)[]) => {
    const all: number[] = [];
    for (const attempt of attempts) all.push((await attempt()).status);
    return all;
  };
  const times = (count: number, status: number) => Array<number>(count).fill(status);

  test('holds per account and address, on all replicas, in any spelling, whatever the password', async () => {
    const { user } = await one.registered({ username: 'under attack' });
    const spellings = [user.email, 'under attack', 'UNDER ATTACK', user.email.toUpperCase()];
    const attempts = spellings.map((login, index) => () => from(index % 2 ? one : other, '10.0.0.1', login));
    expect(await statuses(attempts)).toEqual([401, 401, 429, 429]);
    const refused = await from(one, '10.0.0.1', user.email, password);
    expect(refused).toMatchObject({
      status: 429,
      body: {
        code: 'rate_limit',
        limit: '2 per minute, account and address',
        setting: 'LOGIN_RATE',
        detail: 'Too many requests: at most 2 per minute, account and address (LOGIN_RATE).',
      },
    });
    expect(Number(refused.retryAfter)).toBeGreaterThan(30);
    expect((await from(other, '10.0.0.1', user.email, password)).status).toBe(429);
  });

  test('locks out neither the owner at another address nor another account at the same address', async () => {
    const { user } = await one.registered();
    const { user: neighbour } = await one.registered();
    expect(await statuses(times(4, 0).map(() => () => from(one, '10.0.11.1', user.email)))).toEqual([
      401, 401, 429, 429,
    ]);
    expect((await from(one, '10.0.11.2', user.email, password)).status).toBe(200);
    expect((await from(one, '10.0.11.1', neighbour.email, password)).status).toBe(200);
  });

  test('is ten times as high per account over all addresses; refused guesses do not count', async () => {
    const { user } = await one.registered();
    const guesses = times(10, 0).flatMap((_, index) =>
      times(3, 0).map(() => () => from(index % 2 ? one : other, `10.0.102.${index}`, user.email)),
    );
    expect(await statuses(guesses)).toEqual(times(10, 0).flatMap(() => [401, 401, 429]));
    expect(await from(one, '10.0.12.1', user.email, password)).toMatchObject({
      status: 429,
      body: { limit: '20 per minute and account' },
    });
  });

  test('is ten times as high per address over all accounts, and affects no other address', async () => {
    const { user } = await one.registered();
    const guesses = times(20, 0).map(
      (_, index) => () => from(index % 2 ? one : other, '10.0.13.1', anyEmail()),
    );
    expect(await statuses(guesses)).toEqual(times(20, 401));
    expect(await from(one, '10.0.13.1', user.email, password)).toMatchObject({
      status: 429,
      body: { limit: '20 per minute and address' },
    });
    expect((await from(one, '10.0.13.2', user.email, password)).status).toBe(200);
  });

  test('counts IPv6 by /64 in every notation, and IPv4 in that of IPv6 as IPv4', async () => {
    const { user } = await one.registered();
    const addresses = ['2001:db8::1', '2001:0db8:0:0:ffff::2', '2001:db8:0:0:1:2:3:4', '2001:db8:0:1::1'];
    const attempts = addresses.map((address) => () => from(one, address, user.email));
    expect(await statuses(attempts)).toEqual([401, 401, 429, 401]);
    const other = await one.registered();
    const mapped = ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201'];
    expect(await statuses(mapped.map((address) => () => from(one, address, other.user.email)))).toEqual([
      401, 401, 429,
    ]);
  });

  test.each(['x'.repeat(300), `${'1'.repeat(260)}.1.1.1`, 'unknown', '', "1'; drop table attempts"])(
    'counts an invalid address as that of the proxy, and never fails (case %#)',
    async (address) => {
      const { user } = await one.registered();
      const attempts = [address, '127.0.0.1', address].map((each) => () => from(one, each, user.email));
      expect(await statuses(attempts)).toEqual([401, 401, 429]);
    },
  );

  test('an address over 255 characters is stored without its zone, and fails no request', async () => {
    const address = `2001:db8::1%${'x'.repeat(300)}`;
    const { user, token } = await one.registered();
    const attempts = [password, 'wrong', 'wrong', password];
    expect(await statuses(attempts.map((given) => () => from(one, address, user.email, given)))).toEqual([
      200, 401, 401, 429,
    ]);
    const { body } = await one.call('GET', '/api/v1/auth/sessions', { token });
    expect(body.sessions[0].address).toBe('2001:db8::1');
  });

  test('limits an unknown account like a known one', async () => {
    const attempts = times(3, 0).map(() => () => from(one, '10.0.17.1', 'no such one'));
    expect(await statuses(attempts)).toEqual([401, 401, 429]);
  });

  test('is not used up by successes', async () => {
    const { user } = await one.registered();
    for (let index = 0; index < 8; index++) await one.loggedIn(user.email);
  });

  test('does not refuse correct logins at once, however many, nor one after them', async () => {
    const { user } = await one.registered();
    const logIn = () => from(one, '10.0.19.1', user.email, password);
    const answers = await Promise.all(times(40, 0).map(logIn));
    expect(answers.map(({ status }) => status)).toEqual(times(40, 200));
    expect((await logIn()).status).toBe(200);
  });

  test('one account that keeps failing does not lock out others at its address', async () => {
    const { user } = await one.registered();
    const { user: neighbour } = await one.registered();
    await statuses(times(25, 0).map(() => () => from(one, '10.0.20.1', user.email)));
    expect((await from(one, '10.0.20.1', neighbour.email, password)).status).toBe(200);
  });

  test('is separate for guesses at the current password with a token', async () => {
    const { token, user } = await one.registered();
    const change = (currentPassword: string) =>
      one.call('POST', '/api/v1/auth/password', {
        token,
        body: { currentPassword, newPassword: 'another password' },
      });
    expect(await statuses(times(3, 0).map(() => () => from(one, '127.0.0.1', user.email)))).toEqual([
      401, 401, 429,
    ]);
    expect(await statuses(times(2, 0).map(() => () => change('a guess')))).toEqual([401, 401]);
    expect(await change(password)).toMatchObject({
      status: 429,
      body: { limit: '2 per minute and user', setting: 'LOGIN_RATE' },
    });
  });

  test('does not keep a logged-in user from changing the password', async () => {
    const { token, user } = await one.registered();
    expect(await statuses(times(3, 0).map(() => () => from(one, '127.0.0.1', user.email)))).toEqual([
      401, 401, 429,
    ]);
    const body = { currentPassword: password, newPassword: 'another password' };
    expect((await one.call('POST', '/api/v1/auth/password', { token, body })).status).toBe(204);
  });
});
