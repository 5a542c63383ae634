import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess, temporaryFolder } from '@parley/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasSetpriv } from '../launch.ts';
import { findProcess, isRunning, processTree, sendSignal } from '../process-table.ts';
import type { ServerProcess } from '../server-process.ts';
import { type PostgresOptions, startPostgres } from './start-postgres.ts';

let folder: string;
let dataDir: string;
const started: ServerProcess[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  dataDir = join(folder, 'data');
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<PostgresOptions> = {}): Promise<ServerProcess> {
  const server = await startPostgres({ dataDir, fast: true, ...options });
  started.push(server);
  return server;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

const owner = new URL('./fixtures/owner.ts', import.meta.url);

async function startOwner(...args: string[]) {
  const process = await startProcess({ entry: owner, args: [dataDir, ...args] });
  const [, url = '', pid] = await process.waitForLine(/^started (\S+) (\d+)$/);
  const postgres = findProcess(Number(pid));
  return { process, url, postgres };
}

describe('a private PostgreSQL', () => {
  it('keeps everything committed through kill -9 and a restart, at the same address', async () => {
    const server = await start();
    await query(server.url, 'create table kept as select generate_series(1, 1000) as n');
    server.kill('SIGKILL');
    await server.exited;
    await server.restart();
    expect(await query(server.url, 'select count(*)::int from kept')).toEqual([1000]);
  });

  it('leaves no process after stop, even when it was frozen', async () => {
    const server = await start();
    const tree = processTree(server.pids[0] ?? 0);
    expect(tree.length).toBeGreaterThan(3);
    server.kill('SIGSTOP');
    await server.stop();
    expect(tree.filter(isRunning)).toEqual([]);
    expect(server.pids).toEqual([]);
    await expect(server.restart()).rejects.toThrow('stopped');
  });

  it('runs from the binaries of the npm package, and requires the password', async () => {
    const server = await start({ binaries: 'embedded', fast: false });
    expect(await query(server.url, 'show server_version')).toEqual([expect.stringMatching(/^18/)]);
    expect(
      await query(
        server.url,
        "select lower('ÄÉ'), current_setting('fsync'), current_setting('synchronous_commit')",
      ),
    ).toEqual(['äé', 'on', 'on']);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('works in a folder that only its owner may enter, including root', async () => {
    chmodSync(folder, 0o700);
    const server = await start();
    expect(await query(server.url, 'select 1')).toEqual([1]);
  });

  it('starts despite a pid file of a crash that names an unrelated process', async () => {
    const server = await start();
    await server.stop();
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    writeFileSync(pidFile, `${process.pid}\n${dataDir}/postgres\n`);
    await expect(start()).resolves.toBeDefined();
  });

  it('refuses data of another version and names it', async () => {
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '12\n');
    await expect(start()).rejects.toThrow(/written by PostgreSQL 12, but this is PostgreSQL \d+/);
  });
});

describe('one data folder', () => {
  it('goes to exactly one of several concurrent starts; the others learn its owner', async () => {
    const results = await Promise.allSettled([start(), start(), start()]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected')
        expect(String(result.reason)).toBe(
          `StartError: The data folder ${dataDir} is in use by process ${process.pid}.`,
        );
    }
  });

  it('is refused while another process owns it, and free once that has stopped', async () => {
    const other = await startOwner();
    await expect(start()).rejects.toThrow(`in use by process ${other.process.pid}.`);
    await other.process.stop();
    await expect(start()).resolves.toBeDefined();
  });

  it('is taken over with all data from a killed process whose server still runs', async () => {
    const other = await startOwner();
    await query(other.url, 'create table kept as select 4711 as n');
    // A frozen server cannot notice that its owner has died.
    for (const { pid } of processTree(other.postgres?.pid ?? 0)) sendSignal(pid, 'SIGSTOP');
    sendSignal(other.process.pid, 'SIGKILL');
    await other.process.exited;
    const orphans = processTree(other.postgres?.pid ?? 0);
    expect(orphans.length).toBeGreaterThan(3);
    const server = await start();
    expect(await query(server.url, 'select n from kept')).toEqual([4711]);
    expect(orphans.filter(isRunning)).toEqual([]);
  });

  it('has no running server after its owner leaves by process.exit', async () => {
    const other = await startOwner('exit');
    await other.process.ended();
    expect(other.postgres && isRunning(other.postgres)).toBeFalsy();
  });
});

// Only setpriv sends a signal when the parent dies. Elsewhere the next start takes the server over.
if (hasSetpriv()) {
  describe('a PostgreSQL whose owner was killed', () => {
    it('ends by itself', async () => {
      const other = await startOwner();
      other.process.kill('SIGKILL');
      await other.process.ended();
      expect(other.postgres && isRunning(other.postgres)).toBe(false);
    });
  });
}
