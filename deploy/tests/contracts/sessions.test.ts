import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { type Json, request } from '../whole-stack/chat-user.ts';
import { connectSocketIo } from './connections.ts';
import { onStack } from './on-both-targets.ts';

const password = 'correct horse';
const week = 7 * 86_400;
const claimsOf = (token: string): Json =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const secondsOf = (token: string) => claimsOf(token).exp - claimsOf(token).iat;

/** A registration as printed in each document, and the field with the token. */
const contracts: [
  name: string,
  path: string,
  body: (one: { username: string; email: string }) => object,
  read: (body: Json) => string,
][] = [
  ['rooms', '/api/v1/auth/register', (one) => one, ({ token }) => token],
  ['conversations', '/auth/register', (one) => one, ({ token }) => token],
  [
    'groups',
    '/auth/register',
    ({ email }) => ({ email, fullName: 'Manoj Singh' }),
    ({ session }) => session.access_token,
  ],
  ['direct', '/api/auth/register', ({ email }) => ({ email }), ({ token }) => token],
  [
    'organizations',
    '/api/auth/register',
    (one) => ({ ...one, organizationName: `Org ${one.username}`, role: 'admin' }),
    ({ accessToken }) => accessToken,
  ],
];

onStack('the sessions of all contracts', (target) => {
  const post = (path: string, body: object, token?: string) =>
    request(target().url, 'POST', path, body, token);
  const register = async (
    path: string,
    body: (one: { username: string; email: string }) => object,
  ): Promise<Json> => {
    const suffix = randomUUID().slice(0, 8);
    const answer = await post(path, {
      ...body({ username: `manoj ${suffix}`, email: `${suffix}@example.org` }),
      password,
    });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  };

  for (const [name, path, body, read] of contracts) {
    test(`rule 7, ${name}: POST ${path} opens a session of that contract with the claims`, async () => {
      const registered = await register(path, body);
      const { id, username } = registered.user;
      expect(claimsOf(read(registered))).toMatchObject({
        contract: name,
        id,
        username,
        exp: expect.any(Number),
      });
    });

    test(`rule 9, ${name}: tokens live as long as clients expect, and end with the session`, async () => {
      const registered = await register(path, body);
      const tokens = [read(registered), registered.accessToken];
      expect(tokens.map(secondsOf)).toEqual(name === 'organizations' ? [900, 900] : [week, 900]);
      for (const token of tokens) (await connectSocketIo(target().gateways[1], token)).close();
      expect((await post('/api/v1/auth/logout', {}, registered.accessToken)).status).toBe(204);
      for (const token of tokens)
        await eventually(
          async () =>
            expect((await request(target().url, 'GET', '/api/v1/rooms', undefined, token)).status).toBe(401),
          {
            timeoutMs: 1_000,
          },
        );
    });

    test(`rule 10, ${name}: reusing a refresh token whose successor was used ends the session`, async () => {
      const registered = await register(path, body);
      const refresh = (refreshToken: string) => post('/api/v1/auth/refresh', { refreshToken });
      const tabs = await Promise.all([refresh(registered.refreshToken), refresh(registered.refreshToken)]);
      expect(tabs.map(({ status }) => status)).toEqual([200, 200]);
      const next = await refresh(tabs[0].body.refreshToken);
      expect(claimsOf(next.body.accessToken).contract).toBe(name);
      expect((await refresh(tabs[1].body.refreshToken)).status).toBe(200);
      expect(await refresh(registered.refreshToken)).toMatchObject({
        status: 401,
        body: { code: 'invalid_refresh_token' },
      });
      for (const token of [read(registered), next.body.accessToken])
        await eventually(
          async () =>
            expect((await request(target().url, 'GET', '/api/v1/rooms', undefined, token)).status).toBe(401),
          {
            timeoutMs: 1_000,
          },
        );
    });
  }
});
