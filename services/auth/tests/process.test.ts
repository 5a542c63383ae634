import { createTestDatabase, startProcess, type TestDatabase, testNamespace, testServices } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyEmail, password, secretSetting } from './auth-harness.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const entry = (name: string) => new URL(`../src/${name}.ts`, import.meta.url);

describe('as a process of its own', () => {
  test('it serves, follows a rotation by the command, and stops in peace', async () => {
    const env = {
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: database.url,
      AMQP_URL: testServices().amqpUrl,
      NAMESPACE: testNamespace(),
      SIGNING_SECRET: secretSetting,
      BCRYPT_COST: '4',
    };
    const service = await startProcess({ entry: entry('main'), env });
    try {
      const [, url = ''] = await service.waitForLine(/"url":"([^"]+)".*listening/);
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const kids = async () => {
        const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
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

  test('without its settings it says which, and leaves with 1', async () => {
    const service = await startProcess({ entry: entry('main'), env: { BCRYPT_COST: '9' } });
    expect(await service.ended()).toMatchObject({ code: 1 });
    for (const name of ['DATABASE_URL', 'AMQP_URL', 'SIGNING_SECRET']) expect(service.output()).toContain(`${name}: is required`);
  });
});
