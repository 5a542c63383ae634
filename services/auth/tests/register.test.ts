import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthHarness, anyEmail, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const register = (body: object) =>
  auth.call('POST', '/api/v1/auth/register', { body: { password, ...body } });

describe('registering', () => {
  test('returns the user and working tokens, and publishes the registration', async () => {
    const answer = await register({
      username: 'manoj singh',
      email: 'Manoj@Example.org',
      name: 'Manoj Singh',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { user, accessToken, token, refreshToken, expiresIn, sessionId } = answer.body;
    expect(user).toEqual({
      id: expect.any(String),
      username: 'manoj singh',
      email: 'manoj@example.org',
      name: 'Manoj Singh',
      organizationId: null,
      organizationRole: null,
      createdAt: expect.any(String),
    });
    for (const one of [token, accessToken])
      expect((await auth.call('GET', '/api/v1/auth/me', { token: one })).status).toBe(200);
    expect(expiresIn).toBe(15 * 60);
    expect(Buffer.from(refreshToken, 'base64url')).toHaveLength(32);
    expect(sessionId).toBeTypeOf('string');
    const me = await auth.call('GET', '/api/v1/auth/me', { token });
    expect(me.body).toEqual({ user });
    const { data } = await auth.published('user.registered', { userId: user.id });
    expect(data).toEqual({
      userId: user.id,
      username: user.username,
      name: user.name,
      organizationId: null,
      organizationRole: null,
      createdAt: user.createdAt,
    });
  });

  test.each([
    ['MANOJ  S', 'manoj s'],
    ['Ｗｉｄｅ', 'wide'],
    ['Ärger', 'äRGER'],
  ])('a username is unique regardless of case, width and spaces: %j is %j', async (first, second) => {
    await auth.registered({ username: first });
    const refused = await register({ username: second, email: anyEmail() });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'username_taken', errors: [{ field: 'username' }] },
    });
  });

  test('an e-mail address is unique regardless of case; every taken field is reported', async () => {
    const { user } = await auth.registered({ username: 'both taken' });
    expect(await register({ username: 'another', email: user.email.toUpperCase() })).toMatchObject({
      status: 409,
      body: { code: 'email_taken', errors: [{ field: 'email' }] },
    });
    expect(await register({ username: 'Both Taken', email: user.email })).toMatchObject({
      status: 409,
      body: { code: 'username_taken', errors: [{ field: 'username' }, { field: 'email' }] },
    });
  });

  test('a missing username is derived from the name, else the e-mail address, and is unique', async () => {
    const named = await auth.registered({ name: 'Grace Hopper' });
    expect(named.user).toMatchObject({ username: 'Grace Hopper', name: 'Grace Hopper' });
    const again = await auth.registered({ name: 'grace hopper' });
    expect(again.user.username).toMatch(/^grace hopper\d{3,}$/);
    const derived = await auth.registered({ email: 'ada@somewhere.example' });
    expect(derived.user).toMatchObject({ username: 'ada', name: 'ada' });
    const short = await auth.registered({ email: 'x@somewhere.example' });
    expect(short.user.username).toBe('user');
  });

  test('of 100 concurrent registrations of one name, one succeeds and 99 report it as taken', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => register({ username: 'highlander', email: anyEmail() })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'username_taken')).toHaveLength(99);
  });

  test('30 concurrent registrations of one name all succeed with distinct derived usernames', async () => {
    const people = await Promise.all(
      Array.from({ length: 30 }, () => auth.registered({ name: 'Maria Müller' })),
    );
    expect(new Set(people.map(({ user }) => user.username.toLowerCase())).size).toBe(30);
  });

  test('a password of 72 bytes is accepted; one of 73 is rejected rather than truncated', async () => {
    const maxPassword = 'ä'.repeat(36);
    const { user } = await auth.registered({ password: maxPassword });
    await auth.loggedIn(user.email, maxPassword);
    const tooLong = { email: user.email, password: `${maxPassword}x` };
    expect(await auth.call('POST', '/api/v1/auth/login', { body: tooLong })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    expect(await register({ email: anyEmail(), password: `${maxPassword}x` })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'password' }] },
    });
  });

  test('the bus returns the identity without its private fields', async () => {
    const { user } = await auth.registered({ username: 'asked for' });
    const { email: _private, id: userId, ...rest } = user;
    expect(await ask(auth.bus, calls.getIdentity, { userId })).toEqual({ userId, ...rest });
    expect(await ask(auth.bus, calls.getIdentity, { userId: newId() })).toBeNull();
  });

  test('registrations per address are limited across all replicas', async () => {
    const limited = await startAuth({ env: { REGISTER_RATE: '3/h' } });
    const beside = await startAuth({ env: { REGISTER_RATE: '3/h' }, beside: limited });
    try {
      for (const replica of [limited, beside, limited]) await replica.registered();
      for (const replica of [limited, beside]) {
        const refused = await replica.call('POST', '/api/v1/auth/register', {
          body: { email: anyEmail(), password },
        });
        expect(refused).toMatchObject({
          status: 429,
          body: { code: 'rate_limit', limit: '3 per hour and address', setting: 'REGISTER_RATE' },
        });
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
      }
    } finally {
      await beside.stop();
      await limited.stop();
    }
  });
});
