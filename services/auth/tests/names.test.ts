import { queryOnce } from '@parley/testkit';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthHarness, anyEmail, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const register = (body: object) =>
  auth.call('POST', '/api/v1/auth/register', { body: { email: anyEmail(), password, ...body } });
const taken = { status: 409, body: { code: 'username_taken', errors: [{ field: 'username' }] } };

describe('a username', () => {
  test.each([
    ['Cyrillic letters', 'angela', '\u0430ng\u0435la'],
    ['a capital I for an l', 'Paul Miller', 'PauI Miller'],
    ['digits for letters', 'oliver l', '0liver 1'],
    ['full-width letters', 'wide one', 'ｗｉｄｅ ｏｎｅ'],
    ['a missing joiner', 'علی\u200cرضا', 'علیرضا'],
    ['decomposed letters', 'zoë', 'zoe\u0308'],
  ])('that imitates another one is taken: %s', async (_what, username, imitation) => {
    await auth.registered({ username });
    expect(await register({ username: imitation })).toMatchObject(taken);
  });

  test.each(['deleted user', 'Deleted  User', 'd\u0435leted user', 'deleted_user', 'de1eted user'])(
    'that looks like the name of erased users is taken: %j',
    async (username) => expect(await register({ username })).toMatchObject(taken),
  );

  test.each(['deleted user\ufe0f', '\u3164\u3164', 'ada\u2028x', '\u202eada', 'ada\u200d', '＠ada', 'a／b'])(
    'must not contain what cannot be seen, or stands for @, / or \\: %j',
    async (username) =>
      expect(await register({ username })).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'username' }] },
      }),
  );

  test.each([
    'شیر\u200cین',
    'ශ\u0dca\u200dරී',
    'Family 👨\u200d👩\u200d👧',
    'Heart ❤\ufe0f',
    '1\ufe0f\u20e3 First',
  ])('keeps the joiners that its spelling needs, and logs in: %j', async (username) => {
    expect((await auth.registered({ username })).user.username).toBe(username);
    expect((await auth.loggedIn(username)).user.username).toBe(username);
  });

  test('logs in in every normalization and width', async () => {
    await auth.registered({ username: 'Søren Ångström' });
    for (const form of ['NFD', 'NFKC'])
      expect((await auth.loggedIn('SØREN  ÅNGSTRÖM'.normalize(form))).user.username).toBe('Søren Ångström');
  });

  test('of 20 concurrent registrations of look-alikes, one succeeds', async () => {
    const letters = ['a', '\u0430', 'ａ', '𝐚'];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => register({ username: `s${letters[n % 4]}me look` })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'username_taken')).toHaveLength(19);
  });

  test('of an earlier release is protected, and look-alikes of then still log in', async () => {
    await auth.registered({ username: 'first of two' });
    const other = await auth.registered({ username: 'another' });
    await queryOnce(
      auth.database.url,
      `update auth.users set username = 'f\u0456rst of two', username_key = 'f\u0456rst of two'
        where id = '${other.user.id}'`,
    );
    await queryOnce(auth.database.url, "update auth.users set skeletons = '{}'");
    const upgraded = await startAuth({ beside: auth });
    try {
      for (const username of ['first of two', 'f\u0456rst of two'])
        expect((await auth.loggedIn(username)).user.username).toBe(username);
      expect(await register({ username: 'fir\u0455t of two' })).toMatchObject(taken);
    } finally {
      await upgraded.stop();
    }
  });
});

describe('a name to be shown', () => {
  test.each(['\u2800', '\u3164', 'ada\nlovelace', 'ada\u202e', `a${'\u0301\u0302'.repeat(20)}`])(
    'is visible and in one line: %j',
    async (name) =>
      expect(await register({ name })).toMatchObject({ status: 422, body: { errors: [{ field: 'name' }] } }),
  );

  test('without a username becomes a valid one, whatever e-mail address it comes from', async () => {
    const { user } = await auth.registered({ name: '👨\u200d👩\u200d👧'.repeat(12) });
    expect(user.username).toMatch(/^(👨\u200d👩\u200d👧)+$/u);
  });
});

describe('an organization', () => {
  test('cannot be named like another one by look, neither created nor at registration', async () => {
    const { token } = await auth.registered();
    await auth.registered({ organizationName: 'Acme Corp' });
    const imitation = '\u0410cm\u0435 Corp';
    expect(
      await auth.call('POST', '/api/v1/organizations', { token, body: { name: imitation } }),
    ).toMatchObject({ status: 409, body: { code: 'organization_name_taken' } });
    expect(await register({ organizationName: imitation })).toMatchObject({
      status: 409,
      body: { code: 'organization_name_taken', errors: [{ field: 'organizationName' }] },
    });
    for (const name of ['Acme\u202eCorp', '\u2800\u2800', 'Two\nLines'])
      expect(await auth.call('POST', '/api/v1/organizations', { token, body: { name } })).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'name' }] },
      });
  });
});

describe('a password', () => {
  const composed = 'pässwörd é';
  const decomposed = composed.normalize('NFD');

  test.each([
    [composed, decomposed],
    [decomposed, composed],
  ])('is the same, composed or decomposed: %j and %j', async (chosen, typed) => {
    const { user, token } = await auth.registered({ password: chosen });
    for (const form of [chosen, typed]) await auth.loggedIn(user.email, form);
    const change = { currentPassword: typed, newPassword: `${chosen}!` };
    expect((await auth.call('POST', '/api/v1/auth/password', { token, body: change })).status).toBe(204);
    await auth.loggedIn(user.email, `${typed}!`);
  });

  test('that an earlier release hashed as it was typed still works', async () => {
    const { user } = await auth.registered();
    const hash = await bcrypt.hash(decomposed, 4);
    await queryOnce(
      auth.database.url,
      `update auth.users set password_hash = '${hash}' where id = '${user.id}'`,
    );
    await auth.loggedIn(user.email, decomposed);
  });

  test('is measured in its composed form', async () => {
    const longest = 'ä'.repeat(36).normalize('NFD');
    const { user } = await auth.registered({ password: longest });
    await auth.loggedIn(user.email, longest);
  });
});
