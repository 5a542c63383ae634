import type { SessionTokens } from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { eventually } from '@parley/testkit';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AuthHarness, anyEmail, password, startAuth } from './auth-harness.ts';

let auth: AuthHarness;
beforeAll(async () => {
  auth = await startAuth({ env: { PASSWORD_RATE: 'off' } });
});
afterAll(() => auth.stop());

const newPassword = 'battery staple';
/** The route whose contract has no field for the current password. */
const replace = (token: string, body: object = {}, at = auth) =>
  at.call('PUT', '/user/update-password', { token, body: { password: newPassword, ...body } });
const change = (token: string, body: object = {}, at = auth) =>
  at.call('POST', '/api/v1/auth/password', { token, body: { newPassword, ...body } });
const noticesTo = (userId: string) =>
  auth.events.filter(({ type, data }) => type === 'user.password_replaced' && data.userId === userId);

describe('the route without the current password', () => {
  test('changes it, ends all other sessions, and has the user notified', async () => {
    const { user, ...other } = await auth.registered();
    const current = await auth.loggedIn(user.email);
    expect(await replace(current.token)).toMatchObject({ status: 200, body: { id: user.id } });
    await auth.published('session.revoked', { sessionId: other.sessionId, reason: 'password_changed' });
    await auth.published('user.password_replaced', { userId: user.id });
    await auth.loggedIn(user.email, newPassword);
    expect((await auth.call('GET', '/api/v1/auth/me', { token: current.token })).status).toBe(200);
  });

  test('checks the current one if it is given; then the user is not notified', async () => {
    const { user, token } = await auth.registered();
    expect(await replace(token, { currentPassword: 'a guess' })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials', errors: [{ field: 'currentPassword' }] },
    });
    expect((await replace(token, { currentPassword: password })).status).toBe(200);
    await auth.loggedIn(user.email, newPassword);
    // The marker comes after everything that the change has published.
    const marker = await auth.registered();
    await replace(marker.token);
    await auth.published('user.password_replaced', { userId: marker.user.id });
    expect(noticesTo(user.id)).toEqual([]);
  });

  test('requires the current one with REQUIRE_CURRENT_PASSWORD', async () => {
    const strict = await startAuth({ beside: auth, env: { REQUIRE_CURRENT_PASSWORD: 'true' } });
    try {
      const { user, token } = await auth.registered();
      expect(await replace(token, {}, strict)).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ field: 'currentPassword' }] },
      });
      await auth.loggedIn(user.email);
      expect((await replace(token, { currentPassword: password }, strict)).status).toBe(200);
    } finally {
      await strict.stop();
    }
  });

  test('refuses a session that the owner has ended while its change was queued', async () => {
    const { user, ...thief } = await auth.registered();
    const owner = await auth.loggedIn(user.email);
    const { hash } = bcrypt;
    const overtaken = async (data: string | Buffer, cost: string | number) => {
      const stored = await hash(data, cost);
      await auth.call('DELETE', '/api/v1/auth/sessions', { token: owner.token });
      return stored;
    };
    const spy = vi.spyOn(bcrypt, 'hash').mockImplementationOnce(overtaken);
    try {
      expect(await replace(thief.token)).toMatchObject({ status: 401, body: { code: 'session_revoked' } });
    } finally {
      spy.mockRestore();
    }
    await auth.loggedIn(user.email);
  });

  test('of concurrent changes by two sessions, one takes effect and ends the other session', async () => {
    const { user, ...one } = await auth.registered();
    const other = await auth.loggedIn(user.email);
    const words = ['first choice', 'second choice'];
    const answers = await Promise.all(
      [one, other].map(({ token }, index) => replace(token, { password: words[index] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    await auth.loggedIn(user.email, words[answers.findIndex(({ status }) => status === 200)]);
  });
});

test('changes are limited per user on every route, right or wrong, apart from logins', async () => {
  const limited = await startAuth({ beside: auth, env: { PASSWORD_RATE: '3/h', LOGIN_RATE: '10/m' } });
  try {
    const { user, token } = await auth.registered();
    const other = await auth.registered();
    expect((await change(token, { currentPassword: 'a guess' }, limited)).status).toBe(401);
    expect((await change(token, { currentPassword: password }, limited)).status).toBe(204);
    expect((await replace(token, {}, limited)).status).toBe(200);
    for (const refused of [
      await replace(token, { password: 'another one' }, limited),
      await change(token, { currentPassword: newPassword }, limited),
    ])
      expect(refused).toMatchObject({
        status: 429,
        body: { code: 'rate_limit', limit: '3 per hour and user', setting: 'PASSWORD_RATE' },
      });
    expect((await replace(other.token, {}, limited)).status).toBe(200);
    await limited.loggedIn(user.email, newPassword);
  } finally {
    await limited.stop();
  }
});

describe('hashing', () => {
  /** Answers that a flood has got so far. */
  const flood = (requests: Promise<{ status: number }>[]) => {
    let answered = 0;
    return {
      answered: () => answered,
      all: Promise.all(requests.map((request) => request.then(({ status }) => [++answered, status]))),
    };
  };

  test('a flood of one kind delays no other: logins, registrations and changes take turns', async () => {
    const slow = await startAuth({ beside: auth, env: { BCRYPT_COST: '8', PASSWORD_RATE: 'off' } });
    try {
      const people: SessionTokens[] = [];
      for (let count = 0; count < 3; count++) people.push(await slow.registered());
      const [attacker, bystander, changer] = people as [SessionTokens, SessionTokens, SessionTokens];
      const size = 30;
      const floods = [
        () => replace(attacker.token, {}, slow),
        () => slow.call('POST', '/api/v1/auth/register', { body: { email: anyEmail(), password } }),
        () => slow.call('POST', '/api/v1/auth/login', { body: { login: anyEmail(), password } }),
      ].map((request) => flood(Array.from({ length: size }, request)));
      await eventually(() => expect(floods.every(({ answered }) => answered() > 0)).toBe(true));
      const before = floods.map(({ answered }) => answered());
      expect((await change(bystander.token, { currentPassword: password }, slow)).status).toBe(204);
      expect((await replace(changer.token, {}, slow)).status).toBe(200);
      const during = floods.map(({ answered }, index) => answered() - (before[index] ?? 0));
      await Promise.all(floods.map(({ all }) => all));
      // Two changes are three hashes: each waits for about one task of every kind.
      for (const answers of during) expect(answers).toBeLessThan(size / 2);
    } finally {
      await slow.stop();
    }
  });

  test('a user runs one hash at a time, whatever the user requests', async () => {
    const { user, token } = await auth.registered();
    let [running, most] = [0, 0];
    const counted =
      <A extends unknown[], R>(work: (...input: A) => Promise<R>) =>
      async (...input: A) => {
        most = Math.max(most, ++running);
        return work(...input).finally(() => running--);
      };
    const { hash, compare } = bcrypt;
    const spies = [
      vi.spyOn(bcrypt, 'hash').mockImplementation(counted(hash)),
      vi.spyOn(bcrypt, 'compare').mockImplementation(counted(compare)),
    ];
    try {
      await Promise.all(
        Array.from({ length: 5 }, () => [
          replace(token),
          change(token, { currentPassword: 'a guess' }),
          auth.call('POST', '/api/v1/auth/login', { body: { login: user.email, password: 'a guess' } }),
        ]).flat(),
      );
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    expect(most).toBe(1);
  });

  test('a password in another form costs at most two comparisons; then it is rehashed', async () => {
    const [composed, typed] = ['caf\u00e9 au lait', 'cafe\u0301 au lait'];
    const { user } = await auth.registered({ password: typed });
    const compare = vi.spyOn(bcrypt, 'compare');
    const comparisons = async (given: string, status: number) => {
      compare.mockClear();
      const answer = await auth.call('POST', '/api/v1/auth/login', {
        body: { login: user.email, password: given },
      });
      expect(answer.status).toBe(status);
      return compare.mock.calls.length;
    };
    try {
      expect(await comparisons(typed, 200)).toBe(1);
      expect(await comparisons(composed, 200)).toBe(1);
      expect(await comparisons('cafe\u0301', 401)).toBe(2);
      // As an earlier release stored it.
      const asTyped = await bcrypt.hash(typed, 4);
      const db = connectDatabase({ url: auth.database.url, schema: 'auth' });
      await db('users').where({ id: user.id }).update({ password_hash: asTyped });
      await db.destroy();
      expect(await comparisons(typed, 200)).toBe(2);
      expect(await comparisons(typed, 200)).toBe(1);
    } finally {
      compare.mockRestore();
    }
  });
});
