import { connectDatabase } from '@parley/database';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createOperatorKey,
  listOperatorKeyActions,
  listOperatorKeys,
  revokeOperatorKey,
} from '../src/usecases/keys/operator-keys.ts';
import { type AuthHarness, besideService, type Json, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const claimsOf = (token: string): Json =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** An organization with its admin, and what the admin and a key do. */
async function organization() {
  const founded = { organizationName: `Org ${newId()}` };
  const admin = await auth.registered(founded);
  const must = async (method: string, path: string, token: string, body?: object): Promise<Json> => {
    const answer = await auth.call(method, path, { token, ...(body && { body }) });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body;
  };
  const create = (body: object) =>
    must('POST', '/api/v1/api-keys', admin.accessToken, { name: 'server', ...body });
  const exchange = async (body: object) => (await auth.call('POST', '/api/v1/auth/key-token', { body })).body;
  /** The access token of a new key. */
  const keyToken = async (...scopes: string[]): Promise<string> =>
    (await exchange({ key: (await create({ scopes, name: newId() })).key })).accessToken;
  return { admin, must, create, exchange, keyToken, id: admin.user.organizationId ?? '' };
}

const refusal = async (method: string, path: string, options: { token?: string; body?: object }) => {
  const { status, body } = await auth.call(method, path, options);
  return [status, body.code];
};

test('a key is shown once: lists and the database have its prefix and hash only', async () => {
  const { admin, create, must } = await organization();
  const { apiKey, key } = await create({ scopes: ['users:write'], expiresInSeconds: 3_600 });
  expect(key).toMatch(/^pk_[0-9A-Za-z]{8}_[\w-]{43}$/);
  expect(key.startsWith(apiKey.prefix)).toBe(true);
  const { apiKeys } = await must('GET', `/api/v1/api-keys?prefix=${apiKey.prefix}`, admin.accessToken);
  expect(apiKeys).toEqual([apiKey]);
  const db = connectDatabase({ url: auth.database.url, schema: 'auth' });
  try {
    const rows = await db('api_keys').where('prefix', apiKey.prefix);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(key.slice(12));
  } finally {
    await db.destroy();
  }
  expect(auth.logged()).not.toContain(key.slice(12));
});

test("a key becomes a short-lived token with the key's limits, signed like any other", async () => {
  const { create, exchange, id } = await organization();
  const roomIds = [newId(), newId()];
  const { apiKey, key } = await create({ scopes: ['messages:send', 'messages:read'], roomIds });
  const token = await exchange({ key });
  expect(token).toMatchObject({ expiresIn: 900, userId: null, keyId: apiKey.id, roomIds });
  expect(claimsOf(token.accessToken)).toMatchObject({
    ...{ sub: apiKey.id, key: apiKey.id, sid: apiKey.id, org: id },
    scope: 'messages:send messages:read',
    rooms: roomIds,
  });
  expect(claimsOf(token.accessToken)).not.toHaveProperty('role');
});

test('unknown, altered, revoked and expired keys get the same refusal', async () => {
  const { admin, create, exchange, must } = await organization();
  const { key, apiKey } = await create({ scopes: ['rooms:read'] });
  const shortLived = await create({ scopes: ['rooms:read'], expiresInSeconds: 60 });
  const token = await exchange({ key: shortLived.key });
  expect(token.expiresIn).toBeLessThanOrEqual(60);
  await must('DELETE', `/api/v1/api-keys/${apiKey.id}`, admin.accessToken);
  auth.pass(61_000);
  const altered = (await create({ scopes: ['rooms:read'], name: 'other' })).key.replace(
    /.$/,
    (last: string) => (last === 'A' ? 'E' : 'A'),
  );
  const codes = [];
  for (const given of ['x', 'pk_12345678_short', altered, key, shortLived.key])
    codes.push((await exchange({ key: given })).code);
  expect(codes).toEqual(codes.map(() => 'invalid_api_key'));
});

test('a revoked key ends with its tokens, and on request with the sessions that it made', async () => {
  const { admin, create, exchange, must } = await organization();
  const { apiKey, key } = await create({ scopes: ['tokens:mint', 'users:write', 'users:act'] });
  const { accessToken } = await exchange({ key });
  const { user } = await must('PUT', '/api/v1/auth/external-users/42', accessToken, {});
  const acting = await exchange({ key, externalId: '42' });
  const minted = await must('POST', '/api/v1/auth/user-sessions', accessToken, { externalId: '42' });
  await must('DELETE', `/api/v1/api-keys/${apiKey.id}`, admin.accessToken);
  await auth.published('session.revoked', { sessionId: apiKey.id });
  for (const token of [accessToken, acting.accessToken])
    expect(await refusal('GET', '/api/v1/auth/me', { token })).toEqual([401, 'session_revoked']);
  const me = await must('GET', '/api/v1/auth/me', minted.accessToken);
  expect(me.user.id).toBe(user.id);
  await must('DELETE', `/api/v1/api-keys/${apiKey.id}?endSessions=true`, admin.accessToken);
  await eventually(async () =>
    expect(await refusal('GET', '/api/v1/auth/me', { token: minted.accessToken })).toEqual([
      401,
      'session_revoked',
    ]),
  );
});

test('two keys of a name are valid at once, so that one replaces the other; a third is refused', async () => {
  const { admin, create, exchange, must } = await organization();
  const [first, second] = [
    await create({ scopes: ['rooms:read'] }),
    await create({ scopes: ['rooms:read'] }),
  ];
  for (const { key } of [first, second]) expect(await exchange({ key })).toHaveProperty('accessToken');
  const body = { name: 'server', scopes: ['rooms:read'] };
  const token = admin.accessToken;
  expect(await refusal('POST', '/api/v1/api-keys', { token, body })).toEqual([409, 'limit_reached']);
  await must('DELETE', `/api/v1/api-keys/${first.apiKey.id}`, token);
  await must('POST', '/api/v1/api-keys', token, body);
});

test('only admins manage keys, and only those of their own organization', async () => {
  const [one, other] = [await organization(), await organization()];
  const { apiKey } = await one.create({ scopes: ['rooms:read'] });
  const outsider = await auth.registered({});
  const body = { name: 'x', scopes: ['rooms:read'] };
  const create = (token: string) => refusal('POST', '/api/v1/api-keys', { token, body });
  const revoke = (token: string) => refusal('DELETE', `/api/v1/api-keys/${apiKey.id}`, { token });
  expect(await create(outsider.accessToken)).toEqual([404, 'organization_not_found']);
  expect(await revoke(other.admin.accessToken)).toEqual([404, 'api_key_not_found']);
  const token = await one.keyToken('users:write', 'users:act', 'tokens:mint');
  expect(await create(token)).toEqual([403, 'insufficient_scope']);
  expect(await revoke(token)).toEqual([403, 'insufficient_scope']);
});

test('concurrent upserts of an external id create one user, who has no password', async () => {
  const { keyToken, must, id } = await organization();
  const token = await keyToken('users:write');
  const path = `/api/v1/auth/external-users/${newId()}`;
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => must('PUT', path, token, { username: 'mary', name: 'Mary' })),
  );
  expect(answers.filter(({ created }) => created)).toHaveLength(1);
  const [user] = answers.map((answer) => answer.user);
  expect(new Set(answers.map((answer) => answer.user.id)).size).toBe(1);
  expect(user).toMatchObject({ name: 'Mary', organizationId: id });
  expect(
    await refusal('POST', '/api/v1/auth/login', { body: { login: user.username, password: 'null' } }),
  ).toEqual([401, 'invalid_credentials']);
  const namesake = await must('PUT', `/api/v1/auth/external-users/${newId()}`, token, {
    username: user.username,
  });
  expect(namesake.user.username).toMatch(new RegExp(`^${user.username}\\d{3,}$`));
});

test('an upsert announces a new name, once', async () => {
  const { keyToken, must } = await organization();
  const token = await keyToken('users:write');
  const path = `/api/v1/auth/external-users/${newId()}`;
  const { user } = await must('PUT', path, token, { name: 'Mary' });
  for (const name of ['Mary J', 'Mary J', undefined]) await must('PUT', path, token, name ? { name } : {});
  expect((await must('PUT', path, token, {})).user.name).toBe('Mary J');
  await auth.published('user.renamed', { userId: user.id, name: 'Mary J' });
  const renamed = auth.events.filter(({ type, data }) => type === 'user.renamed' && data.userId === user.id);
  expect(renamed).toHaveLength(1);
});

test('a session that a key creates is like a login: it has no scopes, and can be refreshed', async () => {
  const { keyToken, must } = await organization();
  const token = await keyToken('users:write', 'tokens:mint');
  const { user } = await must('PUT', `/api/v1/auth/external-users/${newId()}`, token, {});
  const session = await must('POST', '/api/v1/auth/user-sessions', token, { userId: user.id });
  expect(session.user.id).toBe(user.id);
  expect(claimsOf(session.accessToken)).not.toHaveProperty('scope');
  const body = { refreshToken: session.refreshToken };
  const refreshed = await auth.call('POST', '/api/v1/auth/refresh', { body });
  expect(refreshed.body.user.id).toBe(user.id);
  // The only thing such a user lacks is a password, and nobody gives them one.
  const change = { id: user.id, password: 'correct horse' };
  expect(await refusal('PUT', '/user/update-password', { token: session.accessToken, body: change })).toEqual(
    [401, 'invalid_credentials'],
  );
});

test('a key acts for users of its organization within its scopes, and for no others', async () => {
  const [one, other] = [await organization(), await organization()];
  const token = await other.keyToken('users:write');
  const stranger = (await other.must('PUT', '/api/v1/auth/external-users/7', token, {})).user;
  const { key, apiKey } = await one.create({ scopes: ['users:act', 'messages:send'] });
  const acting = await one.exchange({ key, userId: one.admin.user.id });
  expect(claimsOf(acting.accessToken)).toMatchObject({
    ...{ sub: one.admin.user.id, key: apiKey.id, scope: 'users:act messages:send', role: 'admin' },
  });
  expect(claimsOf(acting.accessToken).sid).not.toBe(apiKey.id);
  for (const which of [{ userId: stranger.id }, { externalId: '7' }, { userId: newId() }])
    expect((await one.exchange({ key, ...which })).code).toBe('user_not_found');
  const narrow = await one.create({ scopes: ['messages:send'], name: 'narrow' });
  expect((await one.exchange({ key: narrow.key, userId: one.admin.user.id })).code).toBe(
    'insufficient_scope',
  );
});

test("a user's own token cannot do what keys do", async () => {
  const { admin } = await organization();
  const token = admin.accessToken;
  expect(await refusal('PUT', '/api/v1/auth/external-users/1', { token, body: {} })).toEqual([
    403,
    'not_authorized',
  ]);
  const body = { userId: admin.user.id };
  expect(await refusal('POST', '/api/v1/auth/user-sessions', { token, body })).toEqual([
    403,
    'not_authorized',
  ]);
});

test('what a key does is recorded with the user concerned, whichever service does it', async () => {
  const { admin, create, exchange, must } = await organization();
  const { apiKey, key } = await create({ scopes: ['users:write', 'tokens:mint', 'users:act'] });
  const { accessToken } = await exchange({ key });
  const { user } = await must('PUT', '/api/v1/auth/external-users/1', accessToken, {});
  await must('POST', '/api/v1/auth/user-sessions', accessToken, { userId: user.id });
  await exchange({ key, userId: user.id });
  const acted = { keyId: apiKey.id, userId: user.id, action: 'sendMessage', roomId: newId(), requestId: 'r' };
  const time = new Date(auth.now()).toISOString();
  const event = { id: newId(), type: 'key.acted', version: 1, time, trace: undefined, data: acted };
  // Events may arrive twice.
  for (let count = 0; count < 2; count++) await auth.bus.publish('keys', 0, event);
  const path = `/api/v1/api-keys/${apiKey.id}/actions`;
  const { actions } = await must('GET', path, admin.accessToken);
  expect(actions.map(({ action, userId }: Json) => [action, userId]).sort()).toEqual(
    ['createUserSession', 'exchangeKey', 'putExternalUser', 'sendMessage'].map((action) => [action, user.id]),
  );
  const page = await must('GET', `${path}?limit=3`, admin.accessToken);
  const rest = await must('GET', `${path}?limit=3&cursor=${page.nextCursor}`, admin.accessToken);
  expect([...page.actions, ...rest.actions]).toEqual(actions);
  expect(rest.nextCursor).toBeNull();
  expect(auth.logged()).toContain('a key acted');
});

test('when an organization dissolves, its keys end', async () => {
  const { admin, create, exchange, must } = await organization();
  const { apiKey, key } = await create({ scopes: ['users:write'] });
  await must('POST', '/api/v1/organizations/mine/leave', admin.accessToken);
  expect((await exchange({ key })).code).toBe('invalid_api_key');
  await auth.published('session.revoked', { sessionId: apiKey.id });
});

test('a user who leaves is no longer known by the external id, which then names another', async () => {
  const { admin, keyToken, must } = await organization();
  const token = await keyToken('users:write');
  const { user } = await must('PUT', '/api/v1/auth/external-users/9', token, {});
  await must('DELETE', `/api/v1/organizations/mine/members/${user.id}`, admin.accessToken);
  const next = await must('PUT', '/api/v1/auth/external-users/9', token, {});
  expect(next).toMatchObject({ created: true });
  expect(next.user.id).not.toBe(user.id);
});

test('operators create, list and revoke keys of any organization and of the installation', async () => {
  const { admin, exchange, id } = await organization();
  const db = connectDatabase({ url: auth.database.url, schema: 'auth' });
  const { context, outbox } = besideService(auth, db);
  try {
    const scopes = ['users:act'] as const;
    const own = await createOperatorKey(context, { name: 'whole', scopes });
    const theirs = await createOperatorKey(context, { name: 'theirs', scopes, organization: id });
    expect(theirs.apiKey.organizationId).toBe(id);
    expect(await listOperatorKeys(context, { prefix: own.apiKey.prefix })).toHaveLength(1);
    const acting = await exchange({ key: own.key, userId: admin.user.id });
    expect(acting.userId).toBe(admin.user.id);
    const which = own.apiKey.prefix;
    expect(await listOperatorKeyActions(context, { which, limit: 10 })).toMatchObject([
      { action: 'exchangeKey' },
    ]);
    expect(await revokeOperatorKey(context, { which, endSessions: false })).toBe(true);
    expect(await revokeOperatorKey(context, { which, endSessions: false })).toBe(false);
    expect((await exchange({ key: own.key })).code).toBe('invalid_api_key');
    await expect(revokeOperatorKey(context, { which: 'pk_unknown0', endSessions: false })).rejects.toThrow(
      'no key',
    );
  } finally {
    await outbox.stop();
    await db.destroy();
  }
});
