import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { processTree } from '@parley/servers';
import { eventually, startProcess, temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatUser } from './whole-stack/chat-user.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from './whole-stack/start-targets.ts';
import { unlimited } from './whole-stack/target.ts';

/** A start that must fail: its exit code and its output. */
const refused = async (env: Record<string, string>) => {
  const entry = new URL('../embedded/main.ts', import.meta.url);
  const process = await startProcess({ entry, env: { ...unlimited, PORT: '0', ...env } });
  const { code } = await process.ended();
  return { code, output: process.output() };
};

describe('the embedded start', () => {
  const dataDir = temporaryFolder();
  const limits = {
    ...{ REGISTER_RATE: '', LOGIN_RATE: '', API_RATE: '', MESSAGE_RATE: '' },
    ...{ ADD_USERS_RATE: '', JOIN_RATE: '', FRIEND_REQUEST_RATE: '' },
  };
  let target: EmbeddedTarget;
  beforeAll(async () => {
    target = await startEmbeddedTarget({ dataDir, env: limits });
  });
  afterAll(() => target?.stop());

  it('refuses a port that is taken, before it touches the data folder', async () => {
    const holder = createServer();
    await new Promise<void>((listening) => holder.listen(0, '127.0.0.1', listening));
    const { port } = holder.address() as AddressInfo;
    const untouched = join(temporaryFolder(), 'data');
    const { code, output } = await refused({ PORT: String(port), DATA_DIR: untouched });
    expect(output).toBe(`127.0.0.1:${port} is taken by another program; choose another with PORT.`);
    expect(code).toBe(1);
    expect(existsSync(untouched)).toBe(false);
    await new Promise((closed) => holder.close(closed));
  });

  it('refuses a data folder in use, and names the owner', async () => {
    const { code, output } = await refused({ DATA_DIR: dataDir });
    expect(output).toBe(`The data folder ${dataDir} is in use by process ${target.process.pid}.`);
    expect(code).toBe(1);
  });

  it('reports all invalid settings at once', async () => {
    const { code, output } = await refused({ MESSAGE_RATE: 'often', PRESENCE_LEASE: 'x' });
    expect(output).toMatch(/MESSAGE_RATE: .+\n +PRESENCE_LEASE: |PRESENCE_LEASE: .+\n +MESSAGE_RATE: /);
    expect(code).toBe(1);
  });

  it('prints the limits with their settings', async () => {
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

  it('keeps its secret readable by its owner alone', () => {
    for (const secret of ['signing.secret', 'hooks.secret'])
      expect(statSync(join(dataDir, secret)).mode & 0o777).toBe(0o600);
  });

  it('recovers from the death of its PostgreSQL with all stored data', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    const postgres = processTree(target.process.pid).find(({ parent }) => parent === target.process.pid);
    expect(postgres).toBeDefined();
    process.kill(postgres?.pid ?? 0, 'SIGKILL');
    await eventually(() => ada.login(target.url));
    // Every service has connections of its own.
    await eventually(() => ChatUser.register(target.url, 'bob'));
  });

  // Runs last, because it stops the system of the others.
  it('stops on SIGTERM within 5 seconds, even with clients, and leaves no process', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    const socket = await ada.connect(target.url);
    const disconnected = new Promise((resolve) => socket.once('disconnect', resolve));
    const begin = performance.now();
    const { code } = await target.process.stop();
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(code, target.process.output()).toBe(0);
    await disconnected;
  });
});
