import type { SessionTokens } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthHarness, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const base = '/api/v1/organizations';
const call = ({ token }: { token: string }, method: string, path: string, body?: unknown) =>
  auth.call(method, base + path, { token, body });
const refreshed = async ({ refreshToken }: SessionTokens): Promise<SessionTokens> =>
  (await auth.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).body;

let count = 0;
const newName = () => `Organization ${++count}`;
/** An organization with an admin and as many members of each role. */
async function organization(roles: ('admin' | 'moderator' | 'user')[] = []) {
  const admin = await auth.registered({ organizationName: newName() });
  const members = [];
  for (const role of roles) {
    const { token } = (await call(admin, 'POST', '/mine/invites', { role, maxUses: 1 })).body;
    members.push(await auth.registered({ organizationInvite: token }));
  }
  return { admin, members, id: admin.user.organizationId };
}
const at = (people: SessionTokens[], index: number): SessionTokens => {
  const person = people[index];
  if (!person) throw new Error(`no member ${index}`);
  return person;
};
const code = (answer: { status: number; body: { code: string } }) => `${answer.status} ${answer.body?.code}`;

describe('founding and joining', () => {
  test('who belongs to none founds one and is its admin; tokens say so after a refresh', async () => {
    const someone = await auth.registered();
    expect(code(await call(someone, 'GET', '/mine'))).toBe('404 organization_not_found');
    const name = newName();
    const founded = await call(someone, 'POST', '', { name });
    expect(founded).toMatchObject({
      status: 201,
      body: { name, joinPolicy: 'invite', memberCount: 1, role: 'admin' },
    });
    expect((await call(someone, 'GET', '/mine')).body).toEqual(founded.body);
    await auth.told('user.organization_changed', {
      userId: someone.user.id,
      organizationId: founded.body.id,
      organizationRole: 'admin',
    });
    expect((await refreshed(someone)).user).toMatchObject({
      organizationId: founded.body.id,
      organizationRole: 'admin',
    });
    expect(code(await call(someone, 'POST', '', { name: newName() }))).toBe('409 already_in_organization');
    const other = await auth.registered();
    expect(code(await call(other, 'POST', '', { name: name.toUpperCase() }))).toBe(
      '409 organization_name_taken',
    );
  });

  test('one is joined by its name only if it is open, by an invite always', async () => {
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
    await auth.told('user.organization_changed', {
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

  test('members are listed in pages, to members alone', async () => {
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
  test('are listed without their token, used up, expire, and can be taken back', async () => {
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

  test('of another organization cannot be taken back', async () => {
    const [one, other] = [await organization(), await organization()];
    const { invite } = (await call(one.admin, 'POST', '/mine/invites', {})).body;
    expect(code(await call(other.admin, 'DELETE', `/mine/invites/${invite.id}`))).toBe(
      '404 invite_not_found',
    );
  });

  test('of one organization are at most 100', async () => {
    const { admin } = await organization();
    for (let index = 0; index < 100; index++)
      expect((await call(admin, 'POST', '/mine/invites', {})).status).toBe(201);
    expect(code(await call(admin, 'POST', '/mine/invites', {}))).toBe('409 limit_reached');
  });
});

describe('what only admins may', () => {
  test.each(['moderator', 'user'] as const)('is refused to a %s', async (role) => {
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

  test('is refused at once to one who was admin until now, whatever their token says', async () => {
    const { admin, members } = await organization(['admin']);
    await call(at(members, 0), 'PATCH', `/mine/members/${admin.user.id}`, { role: 'user' });
    expect(code(await call(admin, 'PATCH', '/mine', { joinPolicy: 'open' }))).toBe('403 not_authorized');
  });

  test('does not reach people of other organizations', async () => {
    const [one, other] = [await organization(), await organization(['user'])];
    for (const userId of [at(other.members, 0).user.id, newId()]) {
      expect(code(await call(one.admin, 'PATCH', `/mine/members/${userId}`, { role: 'user' }))).toBe(
        '404 user_not_found',
      );
      expect(code(await call(one.admin, 'DELETE', `/mine/members/${userId}`))).toBe('404 user_not_found');
    }
  });
});

describe('roles', () => {
  test('a change is told, and is in the tokens after the next refresh', async () => {
    const { admin, members, id } = await organization(['user']);
    const member = at(members, 0);
    const answer = await call(admin, 'PATCH', `/mine/members/${member.user.id}`, { role: 'moderator' });
    expect(answer).toMatchObject({ status: 200, body: { userId: member.user.id, role: 'moderator' } });
    await auth.told('user.organization_changed', {
      userId: member.user.id,
      organizationId: id,
      organizationRole: 'moderator',
    });
    expect((await refreshed(member)).user.organizationRole).toBe('moderator');
  });

  test('the last admin stays one; with another, they may step down', async () => {
    const { admin, members } = await organization(['user']);
    const demote = () => call(admin, 'PATCH', `/mine/members/${admin.user.id}`, { role: 'user' });
    expect(code(await demote())).toBe('409 last_admin');
    expect(code(await call(admin, 'POST', '/mine/leave'))).toBe('409 last_admin');
    expect(code(await call(admin, 'DELETE', `/mine/members/${admin.user.id}`))).toBe('409 last_admin');
    await call(admin, 'PATCH', `/mine/members/${at(members, 0).user.id}`, { role: 'admin' });
    expect((await demote()).status).toBe(200);
  });

  test('of two admins who step down at once, one stays, however they do it', async () => {
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
  const isOut = async ({ user, token, refreshToken }: SessionTokens) => {
    await auth.told('user.organization_changed', {
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

  test('ends the sessions of who leaves, whose tokens named the organization', async () => {
    const { members } = await organization(['user']);
    const member = at(members, 0);
    const phone = await auth.loggedIn(member.user.email);
    expect((await call(member, 'POST', '/mine/leave')).status).toBe(204);
    for (const { sessionId } of [member, phone])
      await auth.told('session.revoked', { sessionId, reason: 'organization_left' });
    await isOut(member);
    await isOut(phone);
  });

  test('a removed member is out as well; the others stay', async () => {
    const { admin, members } = await organization(['moderator', 'user']);
    const removed = at(members, 0);
    expect((await call(admin, 'DELETE', `/mine/members/${removed.user.id}`)).status).toBe(204);
    await isOut(removed);
    expect((await call(at(members, 1), 'GET', '/mine')).body.memberCount).toBe(2);
  });

  test('the last member takes the organization along: its name is free, its invites are void', async () => {
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

  test('nobody joins what is being dissolved: they found it anew, or are in it', async () => {
    const open = await startAuth({ env: { ORG_JOIN_POLICY: 'open' } });
    try {
      for (let round = 0; round < 5; round++) {
        const organizationName = `Vanishing ${round}`;
        const founder = await open.registered({ organizationName });
        const [left, joined] = await Promise.all([
          open.call('POST', `${base}/mine/leave`, { token: founder.token }),
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

  test('no session that names the organization outlives a removal, however a login races with it', async () => {
    const { admin, members } = await organization(['user', 'user', 'user', 'user', 'user']);
    for (const { user } of members) {
      const [, ...logins] = await Promise.all([
        call(admin, 'DELETE', `/mine/members/${user.id}`),
        ...Array.from({ length: 4 }, () => auth.loggedIn(user.email)),
      ]);
      for (const login of logins) {
        if (login.user.organizationId !== null)
          await auth.told('session.revoked', { sessionId: login.sessionId });
      }
    }
  });
});
