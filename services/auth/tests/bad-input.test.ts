import { allOperations } from '@parley/contracts';
import { seededRandom } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthHarness, anyEmail, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
let token: string;
beforeAll(async () => {
  auth = await startAuth();
  token = (await auth.registered({ organizationName: 'Bad Input' })).token;
});
afterAll(() => auth.stop());

const email = 'someone@example.org';
const organizations = '/api/v1/organizations';

const wrong: [method: string, path: string, body: unknown, field: string][] = [
  ['POST', '/api/v1/auth/register', { password }, 'email'],
  ['POST', '/api/v1/auth/register', { email: 'not an address', password }, 'email'],
  ['POST', '/api/v1/auth/register', { email: [email], password }, 'email'],
  ['POST', '/api/v1/auth/register', { email, password: 'short' }, 'password'],
  ['POST', '/api/v1/auth/register', { email, password: 'with \u0000 inside' }, 'password'],
  ['POST', '/api/v1/auth/register', { email, password: 'broken \ud800 half' }, 'password'],
  ['POST', '/api/v1/auth/register', { email, password: 12345678 }, 'password'],
  ['POST', '/api/v1/auth/register', { email, password, username: 'x' }, 'username'],
  ['POST', '/api/v1/auth/register', { email, password, username: 'a@b' }, 'username'],
  ['POST', '/api/v1/auth/register', { email, password, username: 'y'.repeat(51) }, 'username'],
  ['POST', '/api/v1/auth/register', { email, password, username: 'nul\u0000nul' }, 'username'],
  ['POST', '/api/v1/auth/register', { email, password, name: '   ' }, 'name'],
  ['POST', '/api/v1/auth/register', { email, password, organizationName: 'o' }, 'organizationName'],
  ['POST', '/api/v1/auth/register', { email, password, organizationName: 'An Org', role: 'owner' }, 'role'],
  [
    'POST',
    '/api/v1/auth/register',
    { email, password, organizationInvite: 'z'.repeat(513) },
    'organizationInvite',
  ],
  ['POST', '/api/v1/auth/register', [email, password], 'body'],
  ['POST', '/api/v1/auth/login', { email }, 'password'],
  ['POST', '/api/v1/auth/login', { email: 'e'.repeat(255), password }, 'email'],
  ['POST', '/api/v1/auth/login', { login: 'a\u0000b', password }, 'login'],
  ['POST', '/api/v1/auth/login', { username: { $gt: '' }, password }, 'username'],
  ['POST', '/api/v1/auth/login', { email, password: 'p'.repeat(1_001) }, 'password'],
  ['POST', '/api/v1/auth/refresh', {}, 'refreshToken'],
  ['POST', '/api/v1/auth/refresh', { refreshToken: 7 }, 'refreshToken'],
  ['POST', '/api/v1/auth/password', { newPassword: password }, 'currentPassword'],
  [
    'POST',
    '/api/v1/auth/password',
    { currentPassword: password, newPassword: 'ü'.repeat(37) },
    'newPassword',
  ],
  ['DELETE', '/api/v1/auth/sessions/not-an-id', undefined, 'sessionId'],
  ['POST', organizations, { name: '' }, 'name'],
  ['POST', organizations, { name: 'An Org', joinPolicy: 'sometimes' }, 'joinPolicy'],
  ['POST', `${organizations}/join`, {}, 'invite'],
  ['POST', `${organizations}/join`, { name: 'An Org', invite: 'both' }, 'invite'],
  ['PATCH', `${organizations}/mine`, {}, 'joinPolicy'],
  ['GET', `${organizations}/mine/members?limit=0`, undefined, 'limit'],
  ['GET', `${organizations}/mine/members?limit=1000000`, undefined, 'limit'],
  ['GET', `${organizations}/mine/members?after=x`, undefined, 'after'],
  ['PATCH', `${organizations}/mine/members/1`, { role: 'user' }, 'userId'],
  ['DELETE', `${organizations}/mine/members/%00`, undefined, 'userId'],
  ['POST', `${organizations}/mine/invites`, { role: 'king' }, 'role'],
  ['POST', `${organizations}/mine/invites`, { maxUses: 0 }, 'maxUses'],
  ['POST', `${organizations}/mine/invites`, { expiresIn: 1e12 }, 'expiresIn'],
  ['DELETE', `${organizations}/mine/invites/null`, undefined, 'inviteId'],
];

describe('bad input', () => {
  test.each(wrong)('%s %s %j is rejected, naming %s', async (method, path, body, field) => {
    const answer = await auth.call(method, path, { token, body });
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('validation_failed');
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  const ours = allOperations.filter(
    ({ service, path }) => service === 'auth' && /^\/(api\/v1|\.well-known)\//.test(path),
  );

  test('every operation that is not public requires a token', async () => {
    expect(ours.length).toBeGreaterThan(15);
    for (const { method, path, access } of ours) {
      if (access === 'public') continue;
      const answer = await auth.call(method.toUpperCase(), path, { token: 'made.up.token' });
      expect(answer.status, `${method} ${path}`).toBe(401);
      expect((await auth.call(method.toUpperCase(), path)).status, `${method} ${path}`).toBe(401);
    }
  });

  test('no input causes a server error', async () => {
    const seed = 20_260_131;
    const random = seededRandom(seed);
    const keys = [
      'email',
      'username',
      'login',
      'password',
      'name',
      'organizationName',
      'organizationInvite',
      'role',
      'refreshToken',
    ];
    const more = [
      'currentPassword',
      'newPassword',
      'joinPolicy',
      'invite',
      'maxUses',
      'expiresIn',
      '__proto__',
      'constructor',
    ];
    const values = [
      null,
      true,
      0,
      -1,
      1e308,
      '',
      ' ',
      '\u0000',
      '\ud800',
      '𝕒'.repeat(40),
      'x'.repeat(3_000),
      [],
      {},
      [[[]]],
      { a: 1 },
    ];
    const plausible = [
      anyEmail(),
      password,
      'admin',
      'open',
      'some name',
      "'; drop table users; --",
      '%',
      '__proto__',
      60,
      1,
    ];
    const someValue = () => (random.next() < 0.5 ? values : plausible)[random.integer(0, 9)];
    const someBody = () => {
      if (random.next() < 0.1) return someValue();
      const names = [...keys, ...more].filter(() => random.next() < 0.35);
      return Object.fromEntries(names.map((name) => [name, someValue()]));
    };
    const somePath = (path: string) =>
      path.replace(/:\w+/g, () =>
        random.pick(['x', '%00', '%ff', '..', '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d', `${'9'.repeat(400)}`]),
      );
    // Excludes the operations that end the session in use.
    const harmless = ours.filter(({ id }) => !['logOut', 'leaveOrganization'].includes(id));
    for (let round = 0; round < 12; round++) {
      for (const { method, path } of harmless) {
        const query = random.pick(['', '', '?limit=%00', '?after[]=1&limit=1', '?limit=-5']);
        const target = somePath(path) + query;
        const body = method === 'get' ? undefined : someBody();
        const { status } = await auth.call(method.toUpperCase(), target, { token, body });
        expect(status, `seed ${seed}: ${method} ${target} ${JSON.stringify(body)}`).toBeLessThan(500);
      }
    }
    expect((await auth.call('GET', '/api/v1/auth/me', { token })).status).toBe(200);
    expect((await auth.call('GET', '/readyz')).status).toBe(200);
  });
});
