import { newId } from '@parley/runtime';
import { afterAll, describe, expect, test } from 'vitest';
import { at, code, startOrganizations } from './organization-harness.ts';

const { auth, call, newName, organization, refreshed } = await startOrganizations();
afterAll(() => auth.stop());

describe('creating and joining', () => {
  test('a user of no organization creates one as its admin; tokens state it after a refresh', async () => {
    const someone = await auth.registered();
    expect(code(await call(someone, 'GET', '/mine'))).toBe('404 organization_not_found');
    const name = newName();
    const created = await call(someone, 'POST', '', { name });
    expect(created).toMatchObject({
      status: 201,
      body: { name, joinPolicy: 'invite', memberCount: 1, role: 'admin' },
    });
    expect((await call(someone, 'GET', '/mine')).body).toEqual(created.body);
    await auth.published('user.organization_changed', {
      userId: someone.user.id,
      organizationId: created.body.id,
      organizationRole: 'admin',
    });
    expect((await refreshed(someone)).user).toMatchObject({
      organizationId: created.body.id,
      organizationRole: 'admin',
    });
    expect(code(await call(someone, 'POST', '', { name: newName() }))).toBe('409 already_in_organization');
    const other = await auth.registered();
    expect(code(await call(other, 'POST', '', { name: name.toUpperCase() }))).toBe(
      '409 organization_name_taken',
    );
  });

  test('joining by name requires an open organization; an invite always admits', async () => {
    const { admin, id } = await organization();
    const { name } = (await call(admin, 'GET', '/mine')).body;
    const someone = await auth.registered();
    expect(code(await call(someone, 'POST', '/join', { name: 'no such one' }))).toBe(
      '404 organization_not_found',
    );
    expect(code(await call(someone, 'POST', '/join', { name }))).toBe('403 organization_closed');
    expect((await call(admin, 'PATCH', '/mine', { joinPolicy: 'open' })).body).toMatchObject({
      joinPolicy: 'open',
      memberCount: 1,
    });
    expect((await call(someone, 'POST', '/join', { name })).body).toMatchObject({
      id,
      role: 'user',
      memberCount: 2,
    });
    await auth.published('user.organization_changed', {
      userId: someone.user.id,
      organizationId: id,
      organizationRole: 'user',
    });
    expect(code(await call(someone, 'POST', '/join', { name }))).toBe('409 already_in_organization');

    await call(admin, 'PATCH', '/mine', { joinPolicy: 'invite' });
    const { token: invite } = (await call(admin, 'POST', '/mine/invites', { role: 'admin' })).body;
    const invited = await auth.registered();
    expect((await call(invited, 'POST', '/join', { invite })).body).toMatchObject({
      id,
      role: 'admin',
      memberCount: 3,
    });
    expect(code(await call(invited, 'POST', '/join', { invite: 'made up' }))).toBe('404 invite_not_found');
  });

  test('members are listed in pages, and only to members', async () => {
    const { admin, members } = await organization(['user', 'moderator', 'user', 'user']);
    const seen: unknown[] = [];
    let after = '';
    do {
      const page = (await call(at(members, 0), 'GET', `/mine/members?limit=2${after}`)).body;
      expect(page.members.length).toBeLessThanOrEqual(2);
      seen.push(...page.members);
      after = page.next && `&after=${page.next}`;
    } while (after);
    expect(seen).toEqual(
      [admin, ...members].map(({ user }) => ({
        userId: user.id,
        username: user.username,
        name: user.name,
        role: user.organizationRole,
      })),
    );
    expect(code(await call(await auth.registered(), 'GET', '/mine/members'))).toBe(
      '404 organization_not_found',
    );
  });
});

describe('invites', () => {
  test('are listed without their token, are used up, expire, and can be revoked', async () => {
    const { admin } = await organization();
    const once = (await call(admin, 'POST', '/mine/invites', { maxUses: 1 })).body;
    const brief = (await call(admin, 'POST', '/mine/invites', { expiresIn: 60, role: 'moderator' })).body;
    const taken = (await call(admin, 'POST', '/mine/invites', {})).body;
    expect(Buffer.from(once.token, 'base64url').length).toBeGreaterThanOrEqual(16);
    const listed = async () => (await call(admin, 'GET', '/mine/invites')).body.invites;
    expect(await listed()).toEqual([taken.invite, brief.invite, once.invite]);
    expect(JSON.stringify(await listed())).not.toContain(once.token);

    const join = async (invite: string) =>
      code(await call(await auth.registered(), 'POST', '/join', { invite }));
    expect(await join(once.token)).toBe('200 undefined');
    expect(await join(once.token)).toBe('404 invite_not_found');
    expect((await call(admin, 'DELETE', `/mine/invites/${taken.invite.id}`)).status).toBe(204);
    expect(code(await call(admin, 'DELETE', `/mine/invites/${taken.invite.id}`))).toBe(
      '404 invite_not_found',
    );
    expect(await join(taken.token)).toBe('404 invite_not_found');
    auth.pass(61_000);
    expect(await join(brief.token)).toBe('404 invite_not_found');
    expect(await listed()).toEqual([]);
  });

  test('of another organization cannot be revoked', async () => {
    const [one, other] = [await organization(), await organization()];
    const { invite } = (await call(one.admin, 'POST', '/mine/invites', {})).body;
    expect(code(await call(other.admin, 'DELETE', `/mine/invites/${invite.id}`))).toBe(
      '404 invite_not_found',
    );
  });

  test('are limited to 100 per organization', async () => {
    const { admin } = await organization();
    for (let index = 0; index < 100; index++)
      expect((await call(admin, 'POST', '/mine/invites', {})).status).toBe(201);
    expect(code(await call(admin, 'POST', '/mine/invites', {}))).toBe('409 limit_reached');
  });
});

describe('admin operations', () => {
  test.each(['moderator', 'user'] as const)('are refused to a %s', async (role) => {
    const { admin, members } = await organization([role]);
    const member = at(members, 0);
    const inviteId = newId();
    const attempts: [string, string, unknown?][] = [
      ['PATCH', '/mine', { joinPolicy: 'open' }],
      ['PATCH', `/mine/members/${member.user.id}`, { role: 'admin' }],
      ['DELETE', `/mine/members/${admin.user.id}`],
      ['POST', '/mine/invites', {}],
      ['GET', '/mine/invites'],
      ['DELETE', `/mine/invites/${inviteId}`],
    ];
    for (const attempt of attempts)
      expect(code(await call(member, ...attempt)), attempt.join(' ')).toBe('403 not_authorized');
  });

  test('are refused to a former admin at once, whatever the token says', async () => {
    const { admin, members } = await organization(['admin']);
    await call(at(members, 0), 'PATCH', `/mine/members/${admin.user.id}`, { role: 'user' });
    expect(code(await call(admin, 'PATCH', '/mine', { joinPolicy: 'open' }))).toBe('403 not_authorized');
  });

  test('do not reach users of other organizations', async () => {
    const [one, other] = [await organization(), await organization(['user'])];
    for (const userId of [at(other.members, 0).user.id, newId()]) {
      expect(code(await call(one.admin, 'PATCH', `/mine/members/${userId}`, { role: 'user' }))).toBe(
        '404 user_not_found',
      );
      expect(code(await call(one.admin, 'DELETE', `/mine/members/${userId}`))).toBe('404 user_not_found');
    }
  });
});
