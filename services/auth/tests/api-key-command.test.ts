import {
  createTestDatabase,
  startProcess,
  type TestDatabase,
  type TestProcess,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyEmail, type Json, password, secretSetting } from './auth-harness.ts';

const entry = (name: string) => new URL(`../src/${name}.ts`, import.meta.url);
let database: TestDatabase;
let service: TestProcess;
let env: Record<string, string>;
let url = '';
beforeAll(async () => {
  database = await createTestDatabase();
  env = {
    DATABASE_URL: database.url,
    AMQP_URL: testServices().amqpUrl,
    NAMESPACE: testNamespace(),
    TIMELINE_PARTITIONS: '2',
  };
  service = await startProcess({
    entry: entry('main'),
    env: { ...env, NODE_ENV: 'test', PORT: '0', SIGNING_SECRET: secretSetting, BCRYPT_COST: '4' },
  });
  [, url = ''] = await service.waitForLine(/"url":"([^"]+)".*listening/);
});
afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

const command = async (...args: string[]): Promise<[code: number | null, output: string]> => {
  const run = await startProcess({ entry: entry('api-key'), args, env });
  const { code } = await run.ended();
  return [code, run.output().trim()];
};
const call = async (method: string, path: string, body?: unknown, token?: string) => {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
};
const exchange = (key: string | undefined) => call('POST', '/auth/key-token', { key });
const keyIn = (output: string) => /shown only now: (pk_\S+)$/.exec(output)?.[1];

test('the command creates a key that works, lists, replaces and revokes it, and shows it once', async () => {
  const limits = ['--scope', 'users:write', '--scope', 'tokens:mint', '--expires', '90d'];
  const [created, output] = await command('create', '--name', 'website', ...limits);
  const key = keyIn(output);
  expect([created, output.split('\n').length]).toEqual([0, 2]);
  const prefix = key?.slice(0, 11) ?? expect.fail(output);
  expect(output).toMatch(new RegExp(`^${prefix} .* website +users:write,tokens:mint +expires .* never`));
  const { status, body } = await exchange(key);
  expect(status).toBe(200);
  const user = { name: 'Mary Jackson' };
  expect((await call('PUT', '/auth/external-users/42', user, body.accessToken)).status).toBe(200);

  // A second one of the name replaces the first; a third is one too many.
  const [, second] = await command('create', '--name', 'website', ...limits);
  expect((await exchange(keyIn(second))).status).toBe(200);
  expect(await command('create', '--name', 'website', ...limits)).toEqual([
    1,
    expect.stringContaining('website'),
  ]);

  const [, list] = await command('list');
  expect(list.split('\n')).toHaveLength(2);
  expect(list).not.toContain(key);
  expect(await command('list', prefix)).toEqual([0, expect.stringMatching(/last used \d{4}-/)]);
  expect((await command('actions', prefix))[1]).toMatch(/ putExternalUser +user \S+ +room -/);

  expect(await command('revoke', prefix)).toEqual([0, `${prefix}: revoked`]);
  expect((await exchange(key)).body.code).toBe('invalid_api_key');
  expect((await call('PUT', '/auth/external-users/42', user, body.accessToken)).status).toBe(401);
  expect((await exchange(keyIn(second))).status).toBe(200);
  expect(await command('revoke', prefix)).toEqual([0, `${prefix}: was revoked before`]);
  expect((await command('list', prefix))[1]).toMatch(/revoked \d{4}-/);
});

test('the command creates keys of an organization, by its name, and limits them to rooms', async () => {
  const organizationName = `Org ${anyEmail()}`;
  await call('POST', '/auth/register', { email: anyEmail(), password, organizationName });
  const room = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';
  const of = ['--organization', organizationName];
  const limits = ['--scope', 'messages:send,users:act', '--rooms', room];
  const [code, output] = await command('create', '--name', 'shop', ...of, ...limits);
  expect([code, output]).toEqual([0, expect.stringContaining('rooms 1')]);
  expect((await command('list', ...of))[1]).toContain('shop');
  expect((await command('list', '--organization', 'nobody'))[0]).toBe(1);
});

test.each([
  [[], 'Usage: npm run api-key'],
  [['create', '--name', 'x'], 'scopes'],
  [['create', '--name', 'x', '--scope', 'everything'], 'Scopes: '],
  [['create', '--name', 'x', '--scope', 'users:act', '--rooms', 'garden'], 'roomIds'],
  [['create', '--name', 'x', '--scope', 'users:act', '--expires', 'soon'], 'duration'],
  [['create', '--nmae', 'x'], '--nmae'],
  [['revoke', 'pk_unknown0'], 'no key'],
])('%j is refused with an explanation, and exit code 1', async (args, explanation) => {
  const [code, output] = await command(...args);
  expect([code, output]).toEqual([1, expect.stringContaining(explanation)]);
  expect(output).not.toMatch(/\n +at /);
});
