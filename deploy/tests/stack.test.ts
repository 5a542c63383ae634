import { readdirSync, rmSync } from 'node:fs';
import {
  createTestDatabase,
  eventually,
  startProcess,
  type TestProcess,
  temporaryFolder,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { StackState } from '../stack/start-stack.ts';
import { ChatUser } from './whole-stack/chat-user.ts';
import { unlimited } from './whole-stack/target.ts';

const entry = new URL('../stack/main.ts', import.meta.url);
let stack: TestProcess | undefined;
afterEach(() => stack?.stop(30_000));

async function start(): Promise<{
  process: TestProcess;
  folder: string;
  first: StackState;
  now: () => Promise<StackState>;
}> {
  const process = await startProcess({
    entry,
    args: ['--gateways', '2', '--messages', '1', '--web', '1', '--json'],
    env: { ...unlimited, TIMELINE_PARTITIONS: '2' },
  });
  stack = process;
  const [line] = await process.waitForLine(/^\{.*\}$/, 140_000);
  const [, folder = ''] = await process.waitForLine(/^Logs and data are in (\S+)/);
  const first: StackState = JSON.parse(line);
  return {
    process,
    folder,
    first,
    now: async () => (await fetch(`${first.url}/__stack`)).json() as Promise<StackState>,
  };
}

describe('the stack', () => {
  it('restarts killed services and servers without data loss; killed, it leaves no process', async () => {
    const { process: running, folder, first, now } = await start();
    expect(Object.entries(first.pids).map(([part, pids]) => [part, pids.length > 0])).toEqual(
      [
        ...['auth', 'directory', 'messages', 'notifications', 'hooks', 'gateway', 'web'],
        ...['postgres', 'redis', 'rabbitmq'],
      ].map((part) => [part, true]),
    );
    expect(first.gateways).toHaveLength(2);
    expect(await now()).toMatchObject({
      url: first.url,
      gateways: first.gateways,
      pids: { auth: first.pids.auth },
    });
    const ada = await ChatUser.register(first.url, 'ada');
    const openPage = async () => {
      const page = await fetch(first.url, { headers: { accept: 'text/html' } });
      const [, asset = ''] = /<script [^>]*src="([^"]+)"/.exec(await page.text()) ?? [];
      expect([page.url, page.status]).toEqual([`${first.url}/rooms`, 200]);
      for (const path of [asset, './sdk/parley-client.js'])
        expect([path, (await fetch(new URL(path, page.url))).status]).toEqual([path, 200]);
    };
    await openPage();

    const killed = [
      ...first.pids.auth,
      ...first.pids.gateway.slice(0, 1),
      ...first.pids.web,
      ...first.pids.redis,
      ...first.pids.postgres.slice(0, 1),
    ];
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await eventually(async () => {
      const { pids } = await now();
      expect(pids.auth).toHaveLength(1);
      expect(pids.gateway).toHaveLength(2);
      expect(pids.redis).toHaveLength(1);
      expect(Object.values(pids).flat()).not.toEqual(expect.arrayContaining([killed[0]]));
      await ada.login(first.url);
      await openPage();
    });

    expect(running.output().match(/^\{/gm)).toHaveLength(1);
    running.kill('SIGKILL');
    await running.ended(20_000);
    rmSync(folder, { recursive: true, force: true });
  }, 150_000);

  it('shows where it is and no password, and a signal ends it or its failing start at once', async () => {
    const temporary = temporaryFolder();
    const { amqpUrl, redisUrl } = testServices();
    const database = await createTestDatabase();
    const servers = { DATABASE_URL: database.url, REDIS_URL: redisUrl, AMQP_URL: amqpUrl };
    const own = { NAMESPACE: testNamespace(), TIMELINE_PARTITIONS: '2', TMPDIR: temporary };
    const env = { ...unlimited, ...servers, ...own };
    const one = (more: Record<string, string>) =>
      startProcess({
        entry,
        args: ['--external-servers', '--gateways', '1', '--messages', '1'],
        env: { ...env, ...more },
      });

    stack = await one({});
    await stack.waitForLine(/^Ctrl\+C stops it/, 140_000);
    expect(stack.output()).toMatch(/^Parley is ready {3}http:\/\/127\.0\.0\.1:\d+$/m);
    for (const url of Object.values(servers))
      expect(stack.output()).not.toContain(new URL(url).password || 'no password');
    const folders = () => readdirSync(temporary).filter((name) => name.startsWith('parley-stack-'));
    expect(folders()).toHaveLength(1);
    expect(await stack.stop(30_000)).toMatchObject({ code: 0 });
    expect(folders()).toEqual([]);

    // The services die, and are started again and again.
    stack = await one({ AMQP_URL: 'amqp://guest:guest@127.0.0.1:1' });
    await stack.waitForLine(/^Logs and data are in/);
    const since = performance.now();
    stack.kill('SIGINT');
    expect(await stack.ended(30_000)).toMatchObject({ code: 130 });
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(folders()).toEqual([]);
    await database.drop();
  }, 200_000);

  it('prints its usage for invalid arguments', async () => {
    stack = await startProcess({ entry, args: ['--gateways', 'many'] });
    const { code } = await stack.ended();
    expect(stack.output()).toMatch(/gateways[\s\S]*Usage: npm run stack/);
    expect(code).toBe(1);
  });
});
