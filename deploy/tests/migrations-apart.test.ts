import { connectDatabase, type Database } from '@parley/database';
import {
  createTestDatabase,
  createTestRole,
  eventually,
  startProcess,
  type TestDatabase,
  type TestProcess,
  type TestRole,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatUser } from './whole-stack/chat-user.ts';
import { unlimited } from './whole-stack/target.ts';

const services = ['auth', 'directory', 'messages', 'notifications', 'hooks'] as const;
type Name = (typeof services)[number];
const entry = (name: string) => new URL(`../../services/${name}/src/main.ts`, import.meta.url);

const migrate = async (name: string, env: Record<string, string>) => {
  const command = await startProcess({ entry: entry(name), args: ['migrate'], env });
  const { code } = await command.ended(40_000);
  return { code, output: command.output() };
};

describe('migrations apart from serving', () => {
  let database: TestDatabase;
  let admin: Database;
  let owner: TestRole;
  let server: TestRole;
  const running = new Map<Name, TestProcess>();
  const urls = new Map<Name, string>();
  const urlOf = (name: Name) => urls.get(name) ?? '';
  const listening = /"url":"([^"]+)".*"listening"/;

  /** The owner creates the tables, and the server may use them. */
  const grant = async (schema: string) => {
    await admin.raw(`create schema ${schema} authorization ${owner.name}`);
    await admin.raw(`grant usage on schema ${schema} to ${server.name}`);
    for (const rights of ['select, insert, update, delete on tables', 'usage, select on sequences'])
      await admin.raw(
        `alter default privileges for role ${owner.name} in schema ${schema}
           grant ${rights} to ${server.name}`,
      );
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = connectDatabase({ url: database.url, schema: 'public' });
    owner = await createTestRole(database);
    server = await createTestRole(database);
    const namespace = testNamespace();
    for (const name of services) {
      await grant(name);
      const env = {
        ...unlimited,
        PORT: '0',
        DATABASE_URL: server.url,
        AMQP_URL: testServices().amqpUrl,
        NAMESPACE: namespace,
        TIMELINE_PARTITIONS: '2',
        SIGNING_SECRET: namespace.repeat(3),
        HOOKS_SECRET: namespace.repeat(3),
        MIGRATE_ON_START: 'false',
      };
      running.set(name, await startProcess({ entry: entry(name), env }));
    }
  });
  afterAll(async () => {
    await Promise.all([...running.values()].map((process) => process.stop(30_000)));
    await admin?.destroy();
    await database?.drop();
    await server?.drop();
    await owner?.drop();
  });

  test('services whose role cannot create tables wait for them, and then work', async () => {
    for (const process of running.values()) expect(process.output()).not.toMatch(listening);
    for (const name of services) {
      expect(await migrate(name, { DATABASE_URL: owner.url })).toEqual({
        code: 0,
        output: expect.stringMatching(`${name}: applied 000`),
      });
    }
    for (const [name, process] of running) {
      const [, url = ''] = await process.waitForLine(listening);
      urls.set(name, url);
      await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
    }
    const [ada, bob] = [
      await ChatUser.register(urlOf('auth'), 'ada'),
      await ChatUser.register(urlOf('auth'), 'bob'),
    ];
    const as = (user: ChatUser, name: Name) => user.at(urlOf(name));
    const room = await eventually(() =>
      as(ada, 'directory').must('POST', '/api/v1/rooms', { name: 'garden', members: [bob.userId] }),
    );
    await as(ada, 'messages').must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'Hello, Bob.' });
    const { messages } = await as(bob, 'messages').must('GET', `/api/v1/rooms/${room.id}/messages`);
    expect(messages).toMatchObject([{ content: 'Hello, Bob.' }]);
    await eventually(async () => {
      const { notifications } = await as(bob, 'notifications').must('GET', '/api/v1/notifications/unread');
      expect(notifications).toMatchObject([{ type: 'message' }]);
    });

    const served = connectDatabase({ url: server.url, schema: 'messages' });
    await expect(served.raw('create table mine ()')).rejects.toThrow('permission denied');
    await served.destroy();
  });

  test('applied migrations are not applied again, and the command reports so', async () => {
    expect(await migrate('auth', { DATABASE_URL: owner.url })).toEqual({
      code: 0,
      output: 'auth: nothing to apply',
    });
  });

  test('the command needs only its database, and names what is missing', async () => {
    expect(await migrate('auth', {})).toEqual({
      code: 1,
      output: expect.stringMatching(/DATABASE_URL: is required/),
    });
  });

  test('the gateway has no migrations, and no service accepts an unknown command', async () => {
    expect(await migrate('gateway', {})).toEqual({
      code: 1,
      output: expect.stringContaining('no tables to migrate'),
    });
    const mistyped = await startProcess({ entry: entry('messages'), args: ['migrat'] });
    expect(await mistyped.ended()).toMatchObject({ code: 1 });
    expect(mistyped.output()).toMatch(/Unknown command `migrat`/);
  });
});
