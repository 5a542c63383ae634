import type { ServiceName } from '@parley/contracts';
import { startProcess, type TestProcess, temporaryFolder } from '@parley/testkit';
import { type Target, unlimited } from './target.ts';

const entry = (path: string) => new URL(`../../${path}`, import.meta.url);

export interface EmbeddedTarget extends Target {
  process: TestProcess;
}

/** The embedded start, as `npm start` runs it: a process of its own, with its own PostgreSQL on disk. */
export async function startEmbeddedTarget(
  options: { dataDir?: string; env?: Record<string, string> } = {},
): Promise<EmbeddedTarget> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const process = await startProcess({
    entry: entry('embedded/main.ts'),
    env: {
      ...unlimited,
      PRESENCE_GRACE: '500ms',
      PRESENCE_LEASE: '3s',
      PORT: '0',
      DATA_DIR: dataDir,
      ...options.env,
    },
  });
  const [, url = ''] = await process.waitForLine(/Parley is ready\s+(\S+)/, 170_000);
  return { process, url, gateways: [url, url], stop: async () => void (await process.stop()) };
}

export interface StackTarget extends Target {
  process: TestProcess;
  /** Addresses of every service's processes. */
  replicas: Record<ServiceName, string[]>;
  /** Where the servers are. */
  servers: Record<'postgres' | 'redis' | 'rabbitmq', string>;
  /** Ids of the processes as they are now, by part. */
  pids(): Promise<Record<string, number[]>>;
}

/** Real PostgreSQL, Redis and RabbitMQ, two gateways, two messages replicas: each a process of its own. @param flags more of the stack's */
export async function startStackTarget(
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<StackTarget> {
  const process = await startProcess({
    entry: entry('stack/main.ts'),
    args: ['--gateways', '2', '--messages', '2', ...flags],
    env: { ...unlimited, PRESENCE_GRACE: '500ms', PRESENCE_LEASE: '3s', ...env },
  });
  const [line] = await process.waitForLine(/^\{"url".*\}$/, 170_000);
  const { url, gateways, replicas, postgres, redis, rabbitmq } = JSON.parse(line);
  return {
    process,
    url,
    gateways,
    replicas,
    servers: { postgres, redis, rabbitmq },
    pids: async () =>
      ((await (await fetch(`${url}/__stack`)).json()) as { pids: Record<string, number[]> }).pids,
    stop: async () => void (await process.stop(30_000)),
  };
}
