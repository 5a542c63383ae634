import type { SessionTokens } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { password, startAuth } from './auth-harness.ts';
import { at, base, code, startOrganizations } from './organization-harness.ts';

const { auth, call, organization, refreshed } = await startOrganizations();
afterAll(() => auth.stop());

describe('roles', () => {
  test('a change is published, and is in the tokens after the next refresh', async () => {
    const { admin, members, id } = await organization(['user']);
    const member = at(members, 0);
    const answer = await call(admin, 'PATCH', `/mine/members/${member.user.id}`, { role: 'moderator' });
    expect(answer).toMatchObject({ status: 200, body: { userId: member.user.id, role: 'moderator' } });
    await auth.published('user.organization_changed', {
      userId: member.user.id,
      organizationId: id,
      organizationRole: 'moderator',
    });
    expect((await refreshed(member)).user.organizationRole).toBe('moderator');
  });

  test('the last admin cannot step down; one of two can', async () => {
    const { admin, members } = await organization(['user']);
    const demote = () => call(admin, 'PATCH', `/mine/members/${admin.user.id}`, { role: 'user' });
    expect(code(await demote())).toBe('409 last_admin');
    expect(code(await call(admin, 'POST', '/mine/leave'))).toBe('409 last_admin');
    expect(code(await call(admin, 'DELETE', `/mine/members/${admin.user.id}`))).toBe('409 last_admin');
    await call(admin, 'PATCH', `/mine/members/${at(members, 0).user.id}`, { role: 'admin' });
    expect((await demote()).status).toBe(200);
  });

  test('if two admins step down at once in any way, one remains', async () => {
    for (let round = 0; round < 4; round++) {
      const { admin, members } = await organization(['admin', 'user']);
      const second = at(members, 0);
      const answers = await Promise.all([
        call(admin, 'PATCH', `/mine/members/${admin.user.id}`, { role: 'user' }),
        round % 2
          ? call(second, 'POST', '/mine/leave')
          : call(second, 'PATCH', `/mine/members/${second.user.id}`, { role: 'user' }),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(1);
      expect(answers.filter(({ body }) => body?.code === 'last_admin')).toHaveLength(1);
    }
  });
});

describe('leaving', () => {
  const expectDetached = async ({ user, token, refreshToken }: SessionTokens) => {
    await auth.published('user.organization_changed', {
      userId: user.id,
      organizationId: null,
      organizationRole: null,
    });
    await eventually(async () =>
      expect(code(await auth.call('GET', '/api/v1/auth/me', { token }))).toBe('401 session_revoked'),
    );
    expect((await auth.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).status).toBe(401);
    expect((await auth.loggedIn(user.email)).user).toMatchObject({
      organizationId: null,
      organizationRole: null,
    });
  };

  test('ends the sessions whose tokens state the organization', async () => {
    const { members } = await organization(['user']);
    const member = at(members, 0);
    const phone = await auth.loggedIn(member.user.email);
    expect((await call(member, 'POST', '/mine/leave')).status).toBe(204);
    for (const { sessionId } of [member, phone])
      await auth.published('session.revoked', { sessionId, reason: 'organization_left' });
    await expectDetached(member);
    await expectDetached(phone);
  });

  test('a removed member loses access as well; the others stay', async () => {
    const { admin, members } = await organization(['moderator', 'user']);
    const removed = at(members, 0);
    expect((await call(admin, 'DELETE', `/mine/members/${removed.user.id}`)).status).toBe(204);
    await expectDetached(removed);
    expect((await call(at(members, 1), 'GET', '/mine')).body.memberCount).toBe(2);
  });

  test('the last member dissolves the organization: its name is free, its invites are void', async () => {
    const { admin, id } = await organization();
    const { name } = (await call(admin, 'GET', '/mine')).body;
    const { token: organizationInvite } = (await call(admin, 'POST', '/mine/invites', {})).body;
    expect((await call(admin, 'POST', '/mine/leave')).status).toBe(204);
    const refused = await auth.call('POST', '/api/v1/auth/register', {
      body: { email: 'late@example.org', password, organizationInvite },
    });
    expect(code(refused)).toBe('404 invite_not_found');
    const next = await auth.registered({ organizationName: name });
    expect(next.user.organizationRole).toBe('admin');
    expect(next.user.organizationId).not.toBe(id);
  });

  test('nobody joins an organization that is being dissolved: they recreate it or join before', async () => {
    const open = await startAuth({ env: { ORG_JOIN_POLICY: 'open' } });
    try {
      for (let round = 0; round < 5; round++) {
        const organizationName = `Vanishing ${round}`;
        const creator = await open.registered({ organizationName });
        const [left, joined] = await Promise.all([
          open.call('POST', `${base}/mine/leave`, { token: creator.token }),
          open.registered({ organizationName }),
        ]);
        const { body } = await open.call('GET', `${base}/mine`, { token: joined.token });
        expect(body).toMatchObject({
          id: joined.user.organizationId,
          memberCount: left.status === 204 ? 1 : 2,
        });
      }
    } finally {
      await open.stop();
    }
  });

  test('no session with the organization outlives a removal, even if a login races with it', async () => {
    const { admin, members } = await organization(['user', 'user', 'user', 'user', 'user']);
    for (const { user } of members) {
      const [, ...logins] = await Promise.all([
        call(admin, 'DELETE', `/mine/members/${user.id}`),
        ...Array.from({ length: 4 }, () => auth.loggedIn(user.email)),
      ]);
      for (const login of logins) {
        if (login.user.organizationId !== null)
          await auth.published('session.revoked', { sessionId: login.sessionId });
      }
    }
  });
});
