import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import { type ChildGroup, startGroup } from '../child-group.ts';
import type { ChoosePort } from '../ports.ts';
import { bareEnvironment } from '../programs.ts';
import { untilReady } from '../ready.ts';
import { runServer, type ServerProcess } from '../server-process.ts';
import { findPostgres, type PostgresSource } from './binaries.ts';
import { type DataLock, lockData } from './data-lock.ts';
import { ensureDatabase } from './ensure-database.ts';
import { clusterMajor, copyCluster, databaseName, initCluster } from './init-cluster.ts';
import { postgresStopSteps, stopOrphan } from './orphan.ts';
import { chooseOsUser } from './os-user.ts';

export interface PostgresOptions {
  /**
   * Created if missing. Contains the cluster (`postgres/`), the superuser's password
   * (`postgres.password`) and the lock (`parley.lock`).
   */
  dataDir: string;
  /** @default 'auto' */
  binaries?: PostgresSource;
  /** @default freePort */
  choosePort?: ChoosePort;
  /**
   * For tests: never flushes to disk. Commits survive a killed server, but not a crash of the
   * machine. @default false
   */
  fast?: boolean;
  /**
   * URL of another server's superuser. A new server starts as a copy of that one and follows it,
   * read-only.
   */
  standbyOf?: string;
}

/**
 * A private PostgreSQL on 127.0.0.1 with the database `parley`. Takes over the data of a killed
 * process and ends the server that it left behind.
 * @throws StartError when the folder is in use or was written by another version, or when no usable
 *   PostgreSQL is available
 */
export async function startPostgres(options: PostgresOptions): Promise<ServerProcess> {
  const { dataDir, lock } = openFolder(resolve(options.dataDir));
  try {
    return await startLocked(dataDir, options, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openFolder(path: string): { dataDir: string; lock: DataLock } {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    const dataDir = realpathSync(path);
    return { dataDir, lock: lockData(dataDir) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof StartError) throw error;
    throw new StartError(`The data folder ${path} is not writable (${code}).`);
  }
}

async function startLocked(
  dataDir: string,
  options: PostgresOptions,
  release: () => void,
): Promise<ServerProcess> {
  const cluster = join(dataDir, 'postgres');
  const passwordFile = join(dataDir, 'postgres.password');
  const fast = options.fast ?? false;
  const binaries = findPostgres(options.binaries ?? 'auto', {
    dataMajor: clusterMajor(cluster),
    libraryLinks: join(dataDir, 'postgres-libraries'),
  });
  const user = chooseOsUser({ binaries: binaries.folder, data: dataDir });
  await stopOrphan(cluster);
  const making = { cluster, passwordFile, binaries, user, fast };
  await (options.standbyOf ? copyCluster(making, options.standbyOf) : initCluster(making));
  const password = readPassword(passwordFile);
  const url = (port: number) => `postgres://${databaseName}:${password}@127.0.0.1:${port}/${databaseName}`;

  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // Several whole systems of a test run share a fast server.
    max_connections: fast ? '600' : '200',
    // A growing table needs its statistics within seconds for good plans; the default of a minute
    // is too late. Tests have small tables, in many databases, each of which takes a process.
    autovacuum_naptime: fast ? '1min' : '5s',
    ...(fast && { fsync: 'off', full_page_writes: 'off' }),
  };
  const tuning = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

  const launchOnce = async (port: number, signal: AbortSignal): Promise<[ChildGroup]> => {
    const args = ['-D', cluster, '-p', String(port), ...tuning];
    const env = { ...bareEnvironment, ...binaries.env };
    const group = await startGroup({
      program: join(binaries.folder, 'postgres'),
      args,
      env,
      cwd: '/',
      user,
      deathSignal: 'INT',
    });
    try {
      // Long, because recovery after a crash may take time.
      await untilReady('PostgreSQL', group, () => ensureDatabase(url(port)), {
        port,
        timeoutMs: 120_000,
        signal,
      });
      return [group];
    } catch (error) {
      await group.end(postgresStopSteps);
      throw error;
    }
  };

  const launch = async ({ clients }: { clients: number }, signal: AbortSignal) => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      try {
        return await launchOnce(clients, signal);
      } catch (error) {
        // Backends outlive a killed postmaster briefly.
        if (!/pre-existing shared memory/.test(String(error)) || performance.now() > deadline) throw error;
        await pause(100, { signal });
        if (signal.aborted) throw error;
      }
    }
  };
  return runServer({
    kind: 'postgres',
    choosePort: options.choosePort,
    otherPorts: [],
    url,
    launch,
    stopSteps: postgresStopSteps,
    release,
  });
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new StartError(
      `The password of the data cannot be read from ${file} (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}
