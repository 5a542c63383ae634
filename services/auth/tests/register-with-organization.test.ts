import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthHarness, anyEmail, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const register = (body: object) =>
  auth.call('POST', '/api/v1/auth/register', { body: { password, ...body } });

describe('registering with an organization', () => {
  const inOrganization = (organizationName: string, rest: object = {}) =>
    register({ email: anyEmail(), organizationName, ...rest });

  test('a new name creates an organization with the user as its admin', async () => {
    const { body } = await inOrganization('Analytical Engines');
    expect(body.user).toMatchObject({ organizationId: expect.any(String), organizationRole: 'admin' });
    await auth.published('user.registered', {
      userId: body.user.id,
      organizationId: body.user.organizationId,
      organizationRole: 'admin',
    });
  });

  test.each(['admin', 'moderator', 'user'])('the creator may become %s', async (role) => {
    const { body } = await inOrganization(`Created by a ${role}`, { role });
    expect(body.user.organizationRole).toBe(role);
  });

  test('the name of a closed one is refused in any spelling, and leaves nothing behind', async () => {
    await inOrganization('Closed Shop');
    const email = anyEmail();
    expect(await register({ email, organizationName: 'closed  SHOP' })).toMatchObject({
      status: 403,
      body: { code: 'organization_closed' },
    });
    expect((await register({ email })).status).toBe(201);
  });

  test('the name of an open one admits as user, and in no other role', async () => {
    const creator = (await inOrganization('Open House')).body;
    await auth.call('PATCH', '/api/v1/organizations/mine', {
      token: creator.token,
      body: { joinPolicy: 'open' },
    });
    const joined = await inOrganization('open house');
    expect(joined.body.user).toMatchObject({
      organizationId: creator.user.organizationId,
      organizationRole: 'user',
    });
    for (const role of ['admin', 'moderator'])
      expect(await inOrganization('Open House', { role })).toMatchObject({
        status: 403,
        body: { code: 'role_not_allowed' },
      });
    expect((await inOrganization('Open House', { role: 'user' })).status).toBe(201);
  });

  test('the example of organizations registered twice reports the taken names', async () => {
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
    expect(await again({ username: 'another name' })).toMatchObject(taken('email'));
    expect(await again({ email: anyEmail() })).toMatchObject(taken('username'));
    expect(await again({ username: 'another name', email: anyEmail() })).toMatchObject({
      status: 403,
      body: { code: 'role_not_allowed' },
    });
  });

  test('of 10 concurrent ones of that example, one succeeds and 9 report the taken names', async () => {
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

  test('a role in a closed one is refused because of the role', async () => {
    await inOrganization('Closed Too');
    expect(await inOrganization('Closed Too', { role: 'admin' })).toMatchObject({
      status: 403,
      body: { code: 'role_not_allowed' },
    });
  });

  test('a role without an organization, or an invite with a name, is reported by field', async () => {
    expect(await register({ email: anyEmail(), role: 'admin' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'role' }] },
    });
    expect(await inOrganization('Anything', { organizationInvite: 'x' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'organizationInvite' }] },
    });
  });

  test('of 20 concurrent creations, one succeeds; the closed organization refuses the others', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => inOrganization('Race')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'organization_closed')).toHaveLength(19);
  });

  test('if new organizations are open, one user creates it and the others join', async () => {
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

  test('an invite admits to a closed one, with its role, up to its maximum', async () => {
    const creator = (await inOrganization('By Invitation')).body;
    const made = await auth.call('POST', '/api/v1/organizations/mine/invites', {
      token: creator.token,
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
        organizationId: creator.user.organizationId,
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

  test('a failed registration does not use up an invite', async () => {
    const creator = (await inOrganization('Careful')).body;
    const made = await auth.call('POST', '/api/v1/organizations/mine/invites', {
      token: creator.token,
      body: { maxUses: 1 },
    });
    const organizationInvite = made.body.token;
    expect((await register({ email: creator.user.email, organizationInvite })).body.code).toBe('email_taken');
    expect((await register({ email: anyEmail(), organizationInvite })).status).toBe(201);
  });
});
