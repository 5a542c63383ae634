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
  test('answers the user and tokens that work at once, and says so to the others', async () => {
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
    const { data } = await auth.told('user.registered', { userId: user.id });
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
  ])('a username is unique whatever its case, width and spaces: %j and %j are one', async (first, second) => {
    await auth.registered({ username: first });
    const refused = await register({ username: second, email: anyEmail() });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'username_taken', errors: [{ field: 'username' }] },
    });
  });

  test('an e-mail address is unique whatever its case, and both fields are named when both are taken', async () => {
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

  test('without a username, one is made of the name, else of the e-mail address, and is unique', async () => {
    const named = await auth.registered({ name: 'Grace Hopper' });
    expect(named.user).toMatchObject({ username: 'Grace Hopper', name: 'Grace Hopper' });
    const again = await auth.registered({ name: 'grace hopper' });
    expect(again.user.username).toMatch(/^grace hopper\d{3,}$/);
    const mailed = await auth.registered({ email: 'ada@somewhere.example' });
    expect(mailed.user).toMatchObject({ username: 'ada', name: 'ada' });
    const short = await auth.registered({ email: 'x@somewhere.example' });
    expect(short.user.username).toBe('user');
  });

  test('of 100 who register one name at once, one gets it and 99 are told that it is taken', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => register({ username: 'highlander', email: anyEmail() })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'username_taken')).toHaveLength(99);
  });

  test('of 30 who have one name and chose no username, all get in, each with their own', async () => {
    const people = await Promise.all(
      Array.from({ length: 30 }, () => auth.registered({ name: 'Maria Müller' })),
    );
    expect(new Set(people.map(({ user }) => user.username.toLowerCase())).size).toBe(30);
  });

  test('a password of 72 bytes is taken, one of 73 refused rather than cut', async () => {
    const longest = 'ä'.repeat(36);
    const { user } = await auth.registered({ password: longest });
    await auth.loggedIn(user.email, longest);
    expect(
      await auth.call('POST', '/api/v1/auth/login', { body: { email: user.email, password: `${longest}x` } }),
    ).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    expect(await register({ email: anyEmail(), password: `${longest}x` })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'password' }] },
    });
  });

  test('the identity can be asked for over the bus, without what is private', async () => {
    const { user } = await auth.registered({ username: 'asked for' });
    const { email: _private, id: userId, ...rest } = user;
    expect(await ask(auth.bus, calls.getIdentity, { userId })).toEqual({ userId, ...rest });
    expect(await ask(auth.bus, calls.getIdentity, { userId: newId() })).toBeNull();
  });

  test('registrations of one address are limited, on all replicas together', async () => {
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

describe('registering with an organization', () => {
  const inOrganization = (organizationName: string, rest: object = {}) =>
    register({ email: anyEmail(), organizationName, ...rest });

  test('naming a new one founds it, as admin', async () => {
    const { body } = await inOrganization('Analytical Engines');
    expect(body.user).toMatchObject({ organizationId: expect.any(String), organizationRole: 'admin' });
    await auth.told('user.registered', {
      userId: body.user.id,
      organizationId: body.user.organizationId,
      organizationRole: 'admin',
    });
  });

  test.each(['admin', 'moderator', 'user'])('the founder may ask to be %s', async (role) => {
    const { body } = await inOrganization(`Founded by a ${role}`, { role });
    expect(body.user.organizationRole).toBe(role);
  });

  test('naming one that is joined by invitation is refused, whatever its case, and nothing remains', async () => {
    await inOrganization('Closed Shop');
    const email = anyEmail();
    expect(await register({ email, organizationName: 'closed  SHOP' })).toMatchObject({
      status: 403,
      body: { code: 'organization_closed' },
    });
    expect((await register({ email })).status).toBe(201);
  });

  test('naming an open one joins it, as user and no more', async () => {
    const founder = (await inOrganization('Open House')).body;
    await auth.call('PATCH', '/api/v1/organizations/mine', {
      token: founder.token,
      body: { joinPolicy: 'open' },
    });
    const joined = await inOrganization('open house');
    expect(joined.body.user).toMatchObject({
      organizationId: founder.user.organizationId,
      organizationRole: 'user',
    });
    for (const role of ['admin', 'moderator'])
      expect(await inOrganization('Open House', { role })).toMatchObject({
        status: 403,
        body: { code: 'role_not_allowed' },
      });
    expect((await inOrganization('Open House', { role: 'user' })).status).toBe(201);
  });

  test("registering the organizations document's example twice is refused because the names are taken, and names them", async () => {
    const example = {
      username: 'manoj twice',
      email: 'manoj@example.com',
      password,
      organizationName: 'Example Twice',
      role: 'admin',
    };
    const again = (body: object) =>
      auth.call('POST', '/api/auth/register', { body: { ...example, ...body } });
    expect(await again({})).toMatchObject({ status: 201, body: { user: { role: 'admin' } } });
    const taken = (...fields: string[]) => ({
      status: 409,
      body: { errors: fields.map((field) => ({ field })) },
    });
    expect(await again({})).toMatchObject(taken('username', 'email'));
    expect(await again({ username: 'somebody else' })).toMatchObject(taken('email'));
    expect(await again({ email: anyEmail() })).toMatchObject(taken('username'));
    expect(await again({ username: 'somebody else', email: anyEmail() })).toMatchObject({
      status: 403,
      body: { code: 'role_not_allowed' },
    });
  });

  test('of 10 who register that example at once, one founds it; to the others the names are taken', async () => {
    const example = {
      username: 'manoj at once',
      email: anyEmail(),
      password,
      organizationName: 'Example At Once',
      role: 'admin',
    };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => auth.call('POST', '/api/auth/register', { body: example })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
  });

  test('asking for a role in a closed one is refused for the role', async () => {
    await inOrganization('Closed Too');
    expect(await inOrganization('Closed Too', { role: 'admin' })).toMatchObject({
      status: 403,
      body: { code: 'role_not_allowed' },
    });
  });

  test('a role without an organization, or an invite beside a name, names the field', async () => {
    expect(await register({ email: anyEmail(), role: 'admin' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'role' }] },
    });
    expect(await inOrganization('Anything', { organizationInvite: 'x' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'organizationInvite' }] },
    });
  });

  test('of 20 who found one name at once, exactly one does; the others are refused, for it is closed', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => inOrganization('Race')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'organization_closed')).toHaveLength(19);
  });

  test('where new organizations are open, one founds and the others join', async () => {
    const open = await startAuth({ env: { ORG_JOIN_POLICY: 'open' } });
    try {
      const people = await Promise.all(
        Array.from({ length: 20 }, () => open.registered({ organizationName: 'Race' })),
      );
      expect(new Set(people.map(({ user }) => user.organizationId)).size).toBe(1);
      expect(people.filter(({ user }) => user.organizationRole === 'admin')).toHaveLength(1);
      expect(people.filter(({ user }) => user.organizationRole === 'user')).toHaveLength(19);
    } finally {
      await open.stop();
    }
  });

  test('an invite admits to a closed one, with its role, as often as it may', async () => {
    const founder = (await inOrganization('By Invitation')).body;
    const made = await auth.call('POST', '/api/v1/organizations/mine/invites', {
      token: founder.token,
      body: { role: 'moderator', maxUses: 2 },
    });
    const organizationInvite = made.body.token;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => register({ email: anyEmail(), organizationInvite })),
    );
    const admitted = answers.filter(({ status }) => status === 201);
    expect(admitted).toHaveLength(2);
    for (const { body } of admitted)
      expect(body.user).toMatchObject({
        organizationId: founder.user.organizationId,
        organizationRole: 'moderator',
      });
    for (const { status, body } of answers)
      if (status !== 201)
        expect({ status, code: body.code }).toEqual({ status: 404, code: 'invite_not_found' });
    expect(await register({ email: anyEmail(), organizationInvite: 'made up' })).toMatchObject({
      status: 404,
      body: { code: 'invite_not_found' },
    });
  });

  test('an invite is not used up by a registration that fails', async () => {
    const founder = (await inOrganization('Careful')).body;
    const made = await auth.call('POST', '/api/v1/organizations/mine/invites', {
      token: founder.token,
      body: { maxUses: 1 },
    });
    const organizationInvite = made.body.token;
    expect((await register({ email: founder.user.email, organizationInvite })).body.code).toBe('email_taken');
    expect((await register({ email: anyEmail(), organizationInvite })).status).toBe(201);
  });
});
