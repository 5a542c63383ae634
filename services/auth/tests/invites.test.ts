import type { SessionTokens } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invitesMigration } from '../migrations/0006-invites.ts';
import { password } from './auth-harness.ts';
import { at, code, startOrganizations } from './organization-harness.ts';

const { auth, call, organization } = await startOrganizations();
let db: Database;
beforeAll(() => {
  db = connectDatabase({ url: auth.database.url, schema: 'auth' });
});
afterAll(async () => {
  await db.destroy();
  await auth.stop();
});

const invite = async (by: SessionTokens): Promise<string> =>
  (await call(by, 'POST', '/mine/invites', { role: 'admin' })).body.token;
const join = async (token: string, user?: SessionTokens) =>
  code(await call(user ?? (await auth.registered()), 'POST', '/join', { invite: token }));
const register = async (organizationInvite: string) => {
  const body = { email: `${Math.random()}@example.org`, password, organizationInvite };
  return code(await auth.call('POST', '/api/v1/auth/register', { body }));
};
const setRole = (by: SessionTokens, { user }: SessionTokens, role: string) =>
  call(by, 'PATCH', `/mine/members/${user.id}`, { role });
/** An organization with two admins. */
const twoAdmins = async () => {
  const { admin, members, id } = await organization(['admin', 'user']);
  return { admin, second: at(members, 0), member: at(members, 1), id };
};

describe('an invite ends with the right to create it', () => {
  const endings: [string, (second: SessionTokens, admin: SessionTokens) => Promise<{ status: number }>][] = [
    ['is demoted', (second, admin) => setRole(admin, second, 'moderator')],
    ['steps down', (second) => setRole(second, second, 'user')],
    ['is removed', (second, admin) => call(admin, 'DELETE', `/mine/members/${second.user.id}`)],
    ['leaves', (second) => call(second, 'POST', '/mine/leave')],
    ['is erased', ({ token }) => auth.call('DELETE', '/api/v1/auth/me', { token, body: { password } })],
  ];
  test.each(endings)('when its creator %s; those of other admins continue', async (_how, end) => {
    const { admin, second } = await twoAdmins();
    const [ended, other] = [await invite(second), await invite(admin)];
    expect((await end(second, admin)).status).toBeLessThan(300);
    expect((await call(admin, 'GET', '/mine/invites')).body.invites).toEqual([
      expect.objectContaining({ createdBy: admin.user.id }),
    ]);
    expect(await join(ended)).toBe('404 invite_not_found');
    expect(await register(ended)).toBe('404 invite_not_found');
    expect(await join(other)).toBe('200 undefined');
  });

  test('for good: not even the same right, regained, revives it', async () => {
    const { admin, second } = await twoAdmins();
    const token = await invite(second);
    await setRole(admin, second, 'user');
    await setRole(admin, second, 'admin');
    expect(await join(token)).toBe('404 invite_not_found');
  });

  test('so a removed admin does not return with an own invite', async () => {
    const { admin, second } = await twoAdmins();
    const token = await invite(second);
    await call(admin, 'DELETE', `/mine/members/${second.user.id}`);
    expect(await join(token, await auth.loggedIn(second.user.email))).toBe('404 invite_not_found');
  });

  test('even if the join races with the demotion: whoever joined did so before it', async () => {
    for (let round = 0; round < 5; round++) {
      const { admin, second, id } = await twoAdmins();
      const token = await invite(second);
      const guests = await Promise.all([1, 2, 3, 4].map(() => auth.registered()));
      const [demoted, ...joined] = await Promise.all([
        setRole(admin, second, 'user'),
        ...guests.map((guest) => join(token, guest)),
      ]);
      expect(demoted.status).toBe(200);
      const admitted = joined.filter((answer) => answer === '200 undefined').length;
      expect(joined.filter((answer) => answer === '404 invite_not_found')).toHaveLength(4 - admitted);
      expect(await db('users').where({ organization_id: id })).toHaveLength(3 + admitted);
      expect(await join(token)).toBe('404 invite_not_found');
    }
  });

  test('even if an earlier release changed the role: its use checks the creator', async () => {
    const { admin, second, member, id } = await twoAdmins();
    const token = await invite(second);
    const ofOrganization = db('organization_invites').where({ organization_id: id });
    await ofOrganization.clone().update({ created_by: member.user.id });
    expect(await join(token)).toBe('404 invite_not_found');
    await ofOrganization.clone().update({ created_by: second.user.id });
    await db('users').where({ id: second.user.id }).update({ organization_role: 'user' });
    expect(await register(token)).toBe('404 invite_not_found');
    expect(await join(await invite(admin))).toBe('200 undefined');
  });

  test('and the migration ends those that outlived it in an earlier release', async () => {
    const { admin, second } = await twoAdmins();
    const [ended, other] = [await invite(second), await invite(admin)];
    await db('users').where({ id: second.user.id }).update({ organization_role: 'user' });
    await db.transaction(async (trx) => {
      await trx.raw('drop index organization_invites_by_creator');
      await invitesMigration.up(trx);
    });
    await db('users').where({ id: second.user.id }).update({ organization_role: 'admin' });
    expect(await join(ended)).toBe('404 invite_not_found');
    expect(await join(other)).toBe('200 undefined');
  });
});
