import { randomUUID } from 'node:crypto';
import type { SessionTokens } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthHarness, anyEmail, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
let db: Database;
beforeAll(async () => {
  auth = await startAuth();
  db = connectDatabase({ url: auth.database.url, schema: 'auth' });
});
afterAll(async () => {
  await db.destroy();
  await auth.stop();
});

const erase = (at: AuthHarness, { accessToken }: SessionTokens, given = password) =>
  at.call('DELETE', '/api/v1/auth/me', { token: accessToken, body: { password: given } });

/** All rows of all tables, as text. */
async function everything(): Promise<string> {
  const tables: { tablename: string }[] = await db('pg_tables')
    .where({ schemaname: 'auth' })
    .select('tablename');
  const rows = await Promise.all(tables.map(({ tablename }) => db(tablename).select('*')));
  return JSON.stringify(rows);
}

describe('an erased user', () => {
  test('is gone at once, with every session, and leaves no name or address behind', async () => {
    const [username, email, userAgent] = [
      `leaver-${randomUUID().slice(0, 8)}`,
      anyEmail(),
      `agent ${randomUUID()}`,
    ];
    const body = { username, email, password, name: `Name of ${username}` };
    const here = (await auth.call('POST', '/api/v1/auth/register', { body, userAgent }))
      .body as SessionTokens;
    const elsewhere = await auth.loggedIn(username);
    for (const trace of [username, email, userAgent]) expect(await everything()).toContain(trace);

    expect((await erase(auth, here)).status).toBe(204);
    for (const { accessToken: token } of [here, elsewhere]) {
      await eventually(async () =>
        expect(await auth.call('GET', '/api/v1/auth/me', { token })).toMatchObject({
          status: 401,
          body: { code: 'session_revoked' },
        }),
      );
    }
    for (const { refreshToken } of [here, elsewhere])
      expect(await auth.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).toMatchObject({
        status: 401,
      });
    expect(await auth.call('POST', '/api/v1/auth/login', { body: { login: email, password } })).toMatchObject(
      { status: 401 },
    );
    await auth.published('user.erased', { userId: here.user.id });
    // The outbox empties after publishing.
    await eventually(async () => {
      const left = await everything();
      for (const trace of [username, email, userAgent]) expect(left).not.toContain(trace);
    });
    // The names are free again.
    expect((await auth.registered({ username, email })).user.id).not.toBe(here.user.id);
  });

  test('must give the right password; wrong ones erase nothing and are counted', async () => {
    const limited = await startAuth({ beside: auth, env: { LOGIN_RATE: '3/m' } });
    try {
      const user = await auth.registered();
      for (let guess = 0; guess < 3; guess++)
        expect(await erase(limited, user, 'wrong horse')).toMatchObject({
          status: 401,
          body: { code: 'invalid_credentials' },
        });
      expect(await erase(limited, user)).toMatchObject({ status: 429 });
      expect((await auth.loggedIn(user.user.email)).user.id).toBe(user.user.id);
    } finally {
      await limited.stop();
    }
  });

  test('cannot return by a login that was in flight', async () => {
    for (let round = 0; round < 10; round++) {
      const user = await auth.registered();
      const logins = Array.from({ length: 4 }, () =>
        auth.call('POST', '/api/v1/auth/login', { body: { login: user.user.email, password } }),
      );
      const [erased, ...answers] = await Promise.all([erase(auth, user), ...logins]);
      expect(erased?.status).toBe(204);
      for (const { status } of answers) expect([200, 401]).toContain(status);
      expect(await db('sessions').where({ user_id: user.user.id }).whereNull('revoked_at')).toEqual([]);
      for (const { status, body } of answers) {
        if (status !== 200) continue;
        expect(
          (await auth.call('POST', '/api/v1/auth/refresh', { body: { refreshToken: body.refreshToken } }))
            .status,
        ).toBe(401);
      }
    }
  });

  test('leaves a new admin behind, first a moderator; alone, dissolves the organization', async () => {
    const organizationName = `Org ${randomUUID()}`;
    const creator = await auth.registered({ organizationName });
    const invite = async (role: string) =>
      (
        await auth.call('POST', '/api/v1/organizations/mine/invites', {
          token: creator.token,
          body: { role },
        })
      ).body.token;
    const member = await auth.registered({ organizationInvite: await invite('user') });
    const moderator = await auth.registered({ organizationInvite: await invite('moderator') });
    expect((await erase(auth, creator)).status).toBe(204);
    const promoted = { userId: moderator.user.id, organizationRole: 'admin' };
    await auth.published('user.organization_changed', promoted);
    const roles = async () =>
      (
        await auth.call('GET', '/api/v1/organizations/mine/members', { token: member.token })
      ).body.members.map((one: { userId: string; role: string }) => [one.userId, one.role]);
    expect(await roles()).toEqual([
      [member.user.id, 'user'],
      [moderator.user.id, 'admin'],
    ]);
    expect((await erase(auth, member)).status).toBe(204);
    expect((await erase(auth, moderator)).status).toBe(204);
    expect(await db('organizations').where({ name: organizationName })).toEqual([]);
  });

  test('has a name that nobody else may take', async () => {
    for (const username of ['deleted user', ' Deleted  USER']) {
      const body = { username, email: anyEmail(), password };
      expect(await auth.call('POST', '/api/v1/auth/register', { body })).toMatchObject({
        status: 409,
        body: { code: 'username_taken' },
      });
    }
    expect((await auth.registered({ name: 'Deleted User' })).user.username).toMatch(/^Deleted User\d+$/);
  });
});
