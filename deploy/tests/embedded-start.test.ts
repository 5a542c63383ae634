import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { processTree } from '@parley/servers';
import { eventually, startProcess, temporaryFolder } from '@parley/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { ChatUser } from './whole-stack/chat-user.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from './whole-stack/start-targets.ts';
import { unlimited } from './whole-stack/target.ts';

const started: EmbeddedTarget[] = [];
const start = async (options: Parameters<typeof startEmbeddedTarget>[0] = {}) => {
  const target = await startEmbeddedTarget(options);
  started.push(target);
  return target;
};
/** A start that must fail: its exit code and its output. */
const refused = async (env: Record<string, string>) => {
  const entry = new URL('../embedded/main.ts', import.meta.url);
  const process = await startProcess({ entry, env: { ...unlimited, PORT: '0', ...env } });
  const { code } = await process.ended();
  return { code, output: process.output() };
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((target) => target.stop()));
});

describe('the embedded start', () => {
  it('refuses a port that is taken, before it touches the data folder', async () => {
    const holder = createServer();
    await new Promise<void>((listening) => holder.listen(0, '127.0.0.1', listening));
    const { port } = holder.address() as AddressInfo;
    const dataDir = join(temporaryFolder(), 'data');
    const { code, output } = await refused({ PORT: String(port), DATA_DIR: dataDir });
    expect(output).toBe(`127.0.0.1:${port} is taken by another program; choose another with PORT.`);
    expect(code).toBe(1);
    expect(existsSync(dataDir)).toBe(false);
    await new Promise((closed) => holder.close(closed));
  });

  it('refuses a data folder in use, and names the owner', async () => {
    const dataDir = temporaryFolder();
    const { process } = await start({ dataDir });
    const { code, output } = await refused({ DATA_DIR: dataDir });
    expect(output).toBe(`The data folder ${dataDir} is in use by process ${process.pid}.`);
    expect(code).toBe(1);
  });

  it('reports all invalid settings at once', async () => {
    const { code, output } = await refused({ MESSAGE_RATE: 'often', PRESENCE_LEASE: 'x' });
    expect(output).toMatch(/MESSAGE_RATE: .+\n +PRESENCE_LEASE: |PRESENCE_LEASE: .+\n +MESSAGE_RATE: /);
    expect(code).toBe(1);
  });

  it('stops on SIGTERM within 5 seconds, even with clients, and leaves no process', async () => {
    const target = await start();
    const ada = await ChatUser.register(target.url, 'ada');
    const socket = await ada.connect(target.url);
    const disconnected = new Promise((resolve) => socket.once('disconnect', resolve));
    const begin = performance.now();
    const { code } = await target.process.stop();
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(code).toBe(0);
    await disconnected;
  });

  it('prints the limits with their settings, and the address with its path', async () => {
    const limits = {
      ...{ REGISTER_RATE: '', LOGIN_RATE: '', API_RATE: '', MESSAGE_RATE: '' },
      ...{ ADD_USERS_RATE: '', JOIN_RATE: '', FRIEND_REQUEST_RATE: '' },
    };
    const env = { PUBLIC_PATH: '/chat', ...limits };
    const target = await start({ env });
    expect(target.url).toMatch(/\/chat$/);
    expect((await fetch(`${target.url}/readyz`)).status).toBe(200);
    await target.process.waitForLine(
      /^Limits: +REGISTER_RATE 1000 per hour and address; LOGIN_RATE 60 per minute, account and address;$/,
    );
    await target.process.waitForLine(
      /API_RATE 3000 per minute and user; MESSAGE_RATE 5 per 10 seconds, user and room/,
    );
    await target.process.waitForLine(
      /ADD_USERS_RATE 5000 per hour and user; JOIN_RATE 1200 per hour and user;$/,
    );
    await target.process.waitForLine(/FRIEND_REQUEST_RATE 300 per hour and user/);
  });

  it('keeps its secret readable by its owner alone', async () => {
    const dataDir = temporaryFolder();
    await start({ dataDir });
    expect(statSync(join(dataDir, 'signing.secret')).mode & 0o777).toBe(0o600);
  });

  it('recovers from the death of its PostgreSQL with all stored data', async () => {
    const target = await start();
    const ada = await ChatUser.register(target.url, 'ada');
    const postgres = processTree(target.process.pid).find(({ parent }) => parent === target.process.pid);
    expect(postgres).toBeDefined();
    process.kill(postgres?.pid ?? 0, 'SIGKILL');
    await eventually(() => ada.login(target.url));
  });
});
