import type { ClientContract } from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { eventually } from '@parley/testkit';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthHarness, anyEmail, type Json, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth({ env: { ORG_JOIN_POLICY: 'open' } });
});
afterAll(() => auth.stop());

const claimsOf = (token: string): Json => jwt.decode(token);
let count = 0;
const anyName = () => `Manoj Singh ${++count}`;

const post = async (path: string, body: object): Promise<Json> => {
  const answer = await auth.call('POST', path, { body });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: expect.toBeOneOf([200, 201]) });
  return answer.body;
};
const contractOf = async (path: string, body: object): Promise<ClientContract | undefined> =>
  claimsOf((await post(path, body)).accessToken).contract;

describe('the route and body that open a session determine its contract', () => {
  const registrations: [ClientContract, string, () => object][] = [
    ['rooms', '/api/v1/auth/register', () => ({})],
    ['rooms', '/api/v1/auth/register', () => ({ username: anyName() })],
    ['conversations', '/auth/register', () => ({ username: anyName() })],
    ['groups', '/auth/register', () => ({ fullName: 'Ada Lovelace' })],
    ['groups', '/auth/register', () => ({})],
    [
      'organizations',
      '/api/auth/register',
      () => ({ username: anyName(), organizationName: 'Acme', role: 'user' }),
    ],
    ['organizations', '/api/auth/register', () => ({ organizationName: 'Acme' })],
    ['organizations', '/api/auth/register', () => ({ username: anyName() })],
    ['direct', '/api/auth/register', () => ({})],
  ];
  beforeAll(() => auth.registered({ organizationName: 'Acme' }));
  test.each(registrations)('registration: %s at %s', async (contract, path, body) => {
    expect(await contractOf(path, { email: anyEmail(), password, ...body() })).toBe(contract);
  });

  test('login: by the route, and at /auth by e-mail address or username', async () => {
    const username = anyName();
    const email = anyEmail();
    await post('/api/auth/register', { username, email, password });
    expect(await contractOf('/api/v1/auth/login', { email, password })).toBe('rooms');
    expect(await contractOf('/auth/login', { username, password })).toBe('conversations');
    expect(await contractOf('/auth/login', { email, password })).toBe('groups');
  });

  test('login at /api/auth: the contract of the registration', async () => {
    const [tenant, direct] = [anyEmail(), anyEmail()];
    await post('/api/auth/register', { username: anyName(), email: tenant, password });
    await post('/api/auth/register', { email: direct, password });
    expect(await contractOf('/api/auth/login', { email: tenant, password })).toBe('organizations');
    expect(await contractOf('/api/auth/login', { email: direct, password })).toBe('direct');
  });

  test('login at /api/auth with another account: organizations for members of one, else direct', async () => {
    const [member, loner] = [anyEmail(), anyEmail()];
    await post('/api/v1/auth/register', { email: member, password, organizationName: 'Acme' });
    await post('/auth/register', { email: loner, password });
    expect(await contractOf('/api/auth/login', { email: member, password })).toBe('organizations');
    expect(await contractOf('/api/auth/login', { email: loner, password })).toBe('direct');
  });

  test('a refresh keeps it, on every route', async () => {
    const { refreshToken } = await post('/auth/register', {
      username: anyName(),
      email: anyEmail(),
      password,
    });
    const next = await post('/api/v1/auth/refresh', { refreshToken });
    expect(claimsOf(next.accessToken).contract).toBe('conversations');
    expect(await contractOf('/api/auth/refresh-token', { refreshToken: next.refreshToken })).toBe(
      'conversations',
    );
  });

  test('a session of an earlier release continues without one', async () => {
    const { sessionId, refreshToken } = await auth.registered();
    const db = connectDatabase({ url: auth.database.url, schema: 'auth' });
    try {
      await db('sessions').where('id', sessionId).update({ contract: null });
    } finally {
      await db.destroy();
    }
    const { token, accessToken } = await post('/api/v1/auth/refresh', { refreshToken });
    expect(claimsOf(accessToken)).not.toHaveProperty('contract');
    expect((await auth.call('GET', '/api/v1/auth/me', { token })).status).toBe(200);
  });
});

test('access tokens contain the claims that clients decode: id, username and exp', async () => {
  const { user, token } = await post('/auth/register', { username: anyName(), email: anyEmail(), password });
  const claims = claimsOf(token);
  expect(claims).toMatchObject({ sub: user.id, id: user.id, name: user.username, username: user.username });
  expect(claims.exp).toBeGreaterThan(auth.now() / 1_000);
});

test('POST /auth/logout ends the session and returns the message that its clients expect', async () => {
  const { token } = await post('/auth/register', { username: anyName(), email: anyEmail(), password });
  expect(await auth.call('POST', '/auth/logout', { token })).toMatchObject({
    status: 200,
    body: { message: 'Successfully logged out' },
  });
});

describe('PASSWORD_MIN_LENGTH', () => {
  const tries = async (at: AuthHarness, short: string) => {
    const { token, user } = await at.registered();
    const body = { email: anyEmail(), password: short };
    return [
      await at.call('POST', '/api/v1/auth/register', { body }),
      await at.call('POST', '/auth/register', { body: { ...body, email: anyEmail() } }),
      await at.call('POST', '/api/auth/register', { body: { ...body, email: anyEmail() } }),
      await at.call('POST', '/api/v1/auth/password', {
        token,
        body: { currentPassword: password, newPassword: short },
      }),
      await at.call('PUT', '/user/update-password', { token, body: { id: user.id, password: short } }),
    ].map(({ status, body }) => [status, body?.errors]);
  };
  const refusedFor = (status: number, field: string, length: number) => [
    status,
    [{ field, message: `at least ${length} characters`, reason: 'too_short', limit: length }],
  ];

  test('defaults to 8; every contract rejects a shorter new password and names its own field', async () => {
    expect(await tries(auth, '7 chars')).toEqual([
      refusedFor(422, 'password', 8),
      refusedFor(400, 'password', 8),
      refusedFor(400, 'password', 8),
      refusedFor(422, 'newPassword', 8),
      refusedFor(400, 'password', 8),
    ]);
  });

  test('may be 6, as in the example of groups', async () => {
    const lenient = await startAuth({ beside: auth, env: { PASSWORD_MIN_LENGTH: '6' } });
    try {
      expect((await tries(lenient, '123456')).map(([status]) => status)).toEqual([201, 201, 201, 204, 200]);
      expect(await tries(lenient, '12345')).toContainEqual(refusedFor(422, 'password', 6));
    } finally {
      await lenient.stop();
    }
  });
});

test('update-password of groups ends every other session of the user, but not the current one', async () => {
  const first = await post('/auth/register', { fullName: 'Ada', email: anyEmail(), password });
  const second = await post('/auth/login', { email: first.user.email, password });
  const { status } = await auth.call('PUT', '/user/update-password', {
    token: second.token,
    body: { password: 'another password' },
  });
  expect(status).toBe(200);
  const me = async (token: string) => (await auth.call('GET', '/api/v1/auth/me', { token })).status;
  await eventually(async () => expect(await me(first.token)).toBe(401));
  expect(await me(second.token)).toBe(200);
});

test('an account of direct gets a unique username from the local part of its e-mail address', async () => {
  const [one, other] = [
    await post('/api/auth/register', { email: 'local.part@one.example', password }),
    await post('/api/auth/register', { email: 'local.part@other.example', password }),
  ];
  expect(one.user.username).toBe('local.part');
  expect(other.user.username).toMatch(/^local\.part\d{3,}$/);
});
