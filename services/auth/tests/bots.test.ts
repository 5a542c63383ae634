import { newId } from '@parley/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthHarness, type Json, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const must = async (method: string, path: string, token: string, body?: object): Promise<Json> => {
  const answer = await auth.call(method, path, { token, ...(body && { body }) });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
};
const codeOf = async (method: string, path: string, token: string, body?: object) =>
  (await auth.call(method, path, { token, ...(body && { body }) })).body.code;
const exchange = async (key: string) =>
  (await auth.call('POST', '/api/v1/auth/key-token', { body: { key } })).body;
const create = (token: string, body: object = {}) => must('POST', '/api/v1/bots', token, body);

/** An admin and a colleague in a new organization. */
async function organization() {
  const organizationName = `Org ${newId()}`;
  const admin = await auth.registered({ organizationName });
  const { token: organizationInvite } = await must(
    'POST',
    '/api/v1/organizations/mine/invites',
    admin.accessToken,
    {
      role: 'user',
    },
  );
  const colleague = await auth.registered({ organizationInvite });
  return { admin, colleague };
}

test("a bot is a user of its owner's organization, without a password; its key acts as the bot", async () => {
  const { admin } = await organization();
  const { bot, key } = await create(admin.accessToken, {
    username: `bot ${newId().slice(-8)}`,
    owner: 'organization',
  });
  expect(bot).toMatchObject({ isBot: true, organizationId: admin.user.organizationId });
  await auth.published('user.registered', { userId: bot.id, isBot: true });
  const token = await exchange(key);
  expect(token).toMatchObject({ userId: bot.id, username: bot.username });
  expect((await must('GET', '/api/v1/auth/me', token.accessToken)).user).toMatchObject({
    id: bot.id,
    isBot: true,
  });
  const login = { login: bot.username, password: 'anything at all' };
  expect((await auth.call('POST', '/api/v1/auth/login', { body: login })).body.code).toBe(
    'invalid_credentials',
  );
  expect(await codeOf('POST', '/api/v1/bots', token.accessToken, {})).toBe('insufficient_scope');
});

test("a bot's key never concerns other users' accounts", async () => {
  const { admin } = await organization();
  for (const scope of ['users:write', 'users:act', 'tokens:mint'])
    expect(await codeOf('POST', '/api/v1/bots', admin.accessToken, { scopes: [scope] })).toBe(
      'validation_failed',
    );
});

test('users have bots of their own; those of an organization are for its admins', async () => {
  const { admin, colleague } = await organization();
  const own = (await create(colleague.accessToken)).bot;
  const shared = (await create(admin.accessToken, { owner: 'organization' })).bot;
  const listed = async (token: string) =>
    (await must('GET', '/api/v1/bots', token)).bots.map(({ id }: Json) => id);
  expect(await listed(colleague.accessToken)).toEqual([own.id]);
  expect(await listed(admin.accessToken)).toEqual([shared.id]);
  expect(await codeOf('POST', '/api/v1/bots', colleague.accessToken, { owner: 'organization' })).toBe(
    'not_authorized',
  );
  for (const [token, id] of [
    [colleague.accessToken, shared.id],
    [admin.accessToken, own.id],
  ]) {
    expect(await codeOf('DELETE', `/api/v1/bots/${id}`, token)).toBe('user_not_found');
    expect(await codeOf('POST', `/api/v1/bots/${id}/keys`, token, {})).toBe('user_not_found');
  }
});

test('a bot is erased with its owner, and its keys end; a transferred bot stays', async () => {
  const { admin, colleague } = await organization();
  const lost = await create(colleague.accessToken);
  const kept = await create(colleague.accessToken);
  await must('PUT', `/api/v1/bots/${kept.bot.id}/owner`, colleague.accessToken, { userId: admin.user.id });
  await must('DELETE', '/api/v1/auth/me', colleague.accessToken, { password });
  await auth.published('user.erased', { userId: lost.bot.id });
  expect((await exchange(lost.key)).code).toBe('invalid_api_key');
  expect(await exchange(kept.key)).toMatchObject({ userId: kept.bot.id });
  await must('DELETE', `/api/v1/bots/${kept.bot.id}`, admin.accessToken);
  await auth.published('user.erased', { userId: kept.bot.id });
  await auth.published('session.revoked', { sessionId: kept.apiKey.id });
});

test('bots are no people: the last person to leave dissolves the organization with its bots', async () => {
  const admin = await auth.registered({ organizationName: `Org ${newId()}` });
  const shared = await create(admin.accessToken, { owner: 'organization' });
  const own = await create(admin.accessToken);
  await must('POST', '/api/v1/organizations/mine/leave', admin.accessToken);
  await auth.published('user.erased', { userId: shared.bot.id });
  await auth.published('user.organization_changed', { userId: own.bot.id, organizationId: null });
  expect(await exchange(own.key)).toMatchObject({ userId: own.bot.id });
});

test('a bot cannot be given to a stranger, nor be made an admin', async () => {
  const { admin } = await organization();
  const stranger = await auth.registered({});
  const { bot } = await create(admin.accessToken, { owner: 'organization' });
  const to = { userId: stranger.user.id };
  expect(await codeOf('PUT', `/api/v1/bots/${bot.id}/owner`, admin.accessToken, to)).toBe('user_not_found');
  const path = `/api/v1/organizations/mine/members/${bot.id}`;
  expect(await codeOf('PATCH', path, admin.accessToken, { role: 'admin' })).toBe('user_not_found');
});
