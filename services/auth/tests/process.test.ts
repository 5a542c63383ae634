import {
  createTestDatabase,
  startProcess,
  type TestDatabase,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyEmail, password, secretSetting } from './auth-harness.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const entry = (name: string) => new URL(`../src/${name}.ts`, import.meta.url);

describe('as a process', () => {
  test('it serves, adopts a key rotated by the command, and stops cleanly', async () => {
    const env = {
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: database.url,
      AMQP_URL: testServices().amqpUrl,
      NAMESPACE: testNamespace(),
      TIMELINE_PARTITIONS: '2',
      SIGNING_SECRET: secretSetting,
      BCRYPT_COST: '4',
    };
    const service = await startProcess({ entry: entry('main'), env });
    try {
      const [, url = ''] = await service.waitForLine(/"url":"([^"]+)".*listening/);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const kids = async () => {
        const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as {
          keys: { kid: string }[];
        };
        return keys.map(({ kid }) => kid);
      };
      const before = await kids();
      expect(before).toHaveLength(1);

      const command = await startProcess({ entry: entry('rotate-keys'), env });
      expect(await command.ended()).toMatchObject({ code: 0 });
      expect(await kids()).toEqual([expect.not.stringContaining(before[0] ?? ''), before[0]]);

      const registered = await fetch(`${url}/api/v1/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: anyEmail(), password }),
      });
      expect(registered.status).toBe(201);
    } finally {
      expect(await service.stop()).toMatchObject({ code: 0 });
    }
  });

  test('the command erases users, reports unknown ones, and may be repeated', async () => {
    const env = {
      DATABASE_URL: database.url,
      AMQP_URL: testServices().amqpUrl,
      NAMESPACE: testNamespace(),
      TIMELINE_PARTITIONS: '2',
    };
    const service = await startProcess({
      entry: entry('main'),
      env: { ...env, NODE_ENV: 'test', PORT: '0', SIGNING_SECRET: secretSetting, BCRYPT_COST: '4' },
    });
    try {
      const [, url = ''] = await service.waitForLine(/"url":"([^"]+)".*listening/);
      const email = anyEmail();
      const post = async (path: string, body: object) =>
        fetch(`${url}/api/v1/auth/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      const { user } = (await (await post('register', { email, password })).json()) as {
        user: { id: string };
      };
      const erase = async (...args: string[]) => {
        const command = await startProcess({ entry: entry('erase-user'), args, env });
        const { code } = await command.ended();
        return [code, command.output().trim()];
      };
      expect(await erase(user.id)).toEqual([0, `${user.id}: erased`]);
      expect((await post('login', { email, password })).status).toBe(401);
      expect(await erase(user.id)).toEqual([0, expect.stringContaining('notified again')]);
      for (const args of [[], ['ada']])
        expect(await erase(...args)).toEqual([1, expect.stringContaining('Usage: npm run erase-user')]);
    } finally {
      await service.stop();
    }
  });

  test('without its settings it names them and exits with 1', async () => {
    const service = await startProcess({ entry: entry('main'), env: { BCRYPT_COST: '9' } });
    expect(await service.ended()).toMatchObject({ code: 1 });
    for (const name of ['DATABASE_URL', 'AMQP_URL', 'SIGNING_SECRET'])
      expect(service.output()).toContain(`${name}: is required`);
  });
});
