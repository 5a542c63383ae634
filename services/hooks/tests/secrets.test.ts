import { connectDatabase, type Database } from '@parley/database';
import { eventually } from '@parley/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hooks, startHooks } from './hooks-harness.ts';
import { person } from './world.ts';

const [first, second] = ['the first secret'.repeat(3), 'the second secret'.repeat(3)];
const ada = person('ada');
let hooks: Hooks;
let db: Database;
beforeAll(async () => {
  hooks = await startHooks({ HOOKS_SECRET: first });
  hooks.world.known(ada);
  db = connectDatabase({ url: hooks.databaseUrl, schema: 'hooks' });
});
afterAll(async () => {
  await db?.destroy();
  await hooks?.stop();
});

const stored = async (id: string) => (await db('hooks').where({ id }).first('secret', 'old_secret')) ?? {};
const sendTest = (id: string) => hooks.must(ada, 'POST', `/${id}/test`);
/** Whether the last request to the path has a signature by each of these secrets. */
const isSignedBy = (path: string, ...secrets: string[]) => {
  const { body, headers } = hooks.receiver.at(path).at(-1) ?? expect.fail('no request');
  return secrets.every((secret) => new Webhook(secret).verify(body, headers));
};

test('secrets are readable nowhere in the database, and sign nevertheless', async () => {
  const { hook, secret: old } = await hooks.create(ada, '/sealed', { rooms: [hooks.world.room([ada])] });
  const { secret } = await hooks.must(ada, 'POST', `/${hook.id}/secret`, { expireOldInSeconds: 60 });
  const { rows } = await db.raw('select h::text as all_columns from hooks.hooks h');
  for (const each of [old, secret])
    for (const { all_columns: columns } of rows) expect(columns).not.toContain(each.replace('whsec_', ''));
  await sendTest(hook.id);
  expect(isSignedBy('/sealed', old, secret)).toBe(true);
});

test('a new HOOKS_SECRET seals all secrets at the start, also those stored readable before', async () => {
  const rooms = [hooks.world.room([ada])];
  const { hook, secret: old } = await hooks.create(ada, '/changed', { rooms });
  const { secret } = await hooks.must(ada, 'POST', `/${hook.id}/secret`, { expireOldInSeconds: 60 });
  const { hook: plain, secret: readable } = await hooks.create(ada, '/readable', { rooms });
  await db('hooks').where({ id: plain.id }).update({ secret: readable });
  const before = await stored(hook.id);
  await hooks.restart({ HOOKS_SECRET: `${second},${first}` });
  const after = await stored(hook.id);
  expect([after.secret === before.secret, after.old_secret === before.old_secret]).toEqual([false, false]);
  expect((await stored(plain.id)).secret).not.toContain('whsec_');
  // The old one is needed no more.
  await hooks.restart({ HOOKS_SECRET: second });
  expect(await stored(hook.id)).toEqual(after);
  await sendTest(hook.id);
  await sendTest(plain.id);
  expect(isSignedBy('/changed', old, secret)).toBe(true);
  expect(isSignedBy('/readable', readable)).toBe(true);
});

test('with a wrong HOOKS_SECRET nothing is sent or lost, and a new secret repairs that', async () => {
  const roomId = hooks.world.room([ada]);
  const { hook } = await hooks.create(ada, '/wrong', { rooms: [roomId] });
  await hooks.restart({ HOOKS_SECRET: 'a third secret'.repeat(3) });
  await hooks.world.write(roomId, ada, 'while it was wrong');
  await eventually(async () => {
    const { deliveries } = await hooks.must(ada, 'GET', `/${hook.id}/deliveries`);
    expect(deliveries).toMatchObject([{ status: null, problem: expect.stringContaining('HOOKS_SECRET') }]);
  });
  expect(hooks.receiver.at('/wrong')).toEqual([]);
  const { secret } = await hooks.must(ada, 'POST', `/${hook.id}/secret`, { expireOldInSeconds: 0 });
  hooks.pass(60_000);
  await eventually(() => expect(hooks.receiver.at('/wrong')).toHaveLength(1));
  expect(isSignedBy('/wrong', secret)).toBe(true);
});
