import type { ServiceName } from '@parley/contracts';
import {
  borrowProcess,
  createTestDatabase,
  eventually,
  startProcess,
  type TestProcess,
  temporaryFolder,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { type Target, unlimited } from './target.ts';

const fast = { ...unlimited, PRESENCE_GRACE: '500ms', PRESENCE_LEASE: '3s', ORG_JOIN_POLICY: 'open' };

/** Each of the default's queues costs a broker. */
const fewPartitions = { TIMELINE_PARTITIONS: '2' };

const embedded = {
  entry: new URL('../../embedded/main.ts', import.meta.url),
  env: { ...fast, PORT: '0' },
  ready: /Parley is ready\s+(\S+)/,
};
const stack = {
  entry: new URL('../../stack/main.ts', import.meta.url),
  args: ['--gateways', '2', '--messages', '2', '--json'],
  env: fast,
  ready: /^\{"url".*\}$/,
};

export interface EmbeddedTarget extends Target {
  process: TestProcess;
}

/** A private embedded start, as `npm start` runs it: a process with its own PostgreSQL on disk. */
export async function startEmbeddedTarget(
  options: { dataDir?: string; env?: Record<string, string> } = {},
): Promise<EmbeddedTarget> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const process = await startProcess({
    ...embedded,
    env: { ...embedded.env, DATA_DIR: dataDir, ...options.env },
  });
  const [, url = ''] = await process.waitForLine(embedded.ready, 170_000);
  return { ...embeddedAt(url), process, stop: async () => void (await process.stop()) };
}

/**
 * The embedded start with the usual settings, shared by tests that change nothing but their own
 * people and rooms.
 */
export async function borrowEmbeddedTarget(): Promise<Target> {
  const { entry, ready, env } = embedded;
  const { match, giveBack } = await borrowProcess(entry, ready, { args: [], env });
  return { ...embeddedAt(match[1] ?? ''), stop: async () => giveBack() };
}

const embeddedAt = (url: string): Pick<Target, 'url' | 'gateways'> => ({ url, gateways: [url, url] });

export interface StackTarget extends Target {
  /** Addresses of every service's processes. */
  replicas: Record<ServiceName, string[]>;
  /** The metrics of the process at that address, in Prometheus' text format. */
  metricsOf(replica: string | undefined): Promise<string>;
  /** URLs of the servers. */
  servers: Record<'postgres' | 'redis' | 'rabbitmq', string>;
  /** Ids of the current processes, by part. */
  pids(): Promise<Record<string, number[]>>;
}
export interface OwnStackTarget extends StackTarget {
  process: TestProcess;
}

/**
 * A private stack of two gateways and two messages replicas, each as its own process, with settings
 * of its own. It uses the run's servers: an own database, and an own namespace on RabbitMQ and
 * Redis.
 * @param flags further flags of the stack
 */
export async function startStackTarget(
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<OwnStackTarget> {
  const database = await createTestDatabase();
  const { redisUrl, amqpUrl } = testServices();
  const servers = { DATABASE_URL: database.url, REDIS_URL: redisUrl, AMQP_URL: amqpUrl };
  const settings = { NAMESPACE: testNamespace(), ...servers, ...env };
  const target = await startStackWithServers(settings, ['--external-servers', ...flags]);
  const stop = async () => {
    await target.stop();
    await database.drop();
  };
  return { ...target, stop };
}

/** A private stack with private servers, which the test may kill, or with several of each. */
export async function startStackWithServers(
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<OwnStackTarget> {
  const process = await startProcess({
    ...stack,
    args: [...stack.args, ...flags],
    env: { ...stack.env, ...fewPartitions, ...env },
  });
  const [line] = await process.waitForLine(stack.ready, 170_000);
  const stop = async () => {
    const { code } = await process.stop(30_000);
    if (code !== 0) throw new Error(`the stack ended with ${code}:\n${process.output()}`);
  };
  return { ...stackFrom(line), process, stop };
}

/**
 * A shared stack with the usual settings, on the run's servers. Tests may kill the processes of its
 * services, which it restarts, but must not leave other changes.
 */
export const borrowStackTarget = () => borrowStack(['--external-servers'], stack.env, true);

/** Of the stack with servers. Reconnecting takes less than the grace, even on a busy machine. */
export const presence = { leaseMs: 3_000, graceMs: 1_500 };

/** A shared stack with private servers, which the test may kill: the stack restarts them. */
export const borrowStackWithServers = () =>
  borrowStack(
    [],
    { ...stack.env, PRESENCE_LEASE: `${presence.leaseMs}ms`, PRESENCE_GRACE: `${presence.graceMs}ms` },
    false,
  );

async function borrowStack(
  flags: readonly string[],
  env: Record<string, string>,
  onSharedServers: boolean,
): Promise<StackTarget> {
  const { entry, ready } = stack;
  const args = [...stack.args, ...flags];
  const { match, giveBack } = await borrowProcess(entry, ready, { args, env, onSharedServers });
  const target = stackFrom(match[0] ?? '');
  // Processes killed by an earlier test may still be restarting.
  await eventually(async () => {
    const { ready } = (await (await fetch(`${target.url}/__stack`)).json()) as { ready: boolean };
    if (!ready) throw new Error('the stack is not ready');
  });
  return { ...target, stop: async () => giveBack() };
}

function stackFrom(line: string): Omit<StackTarget, 'stop'> {
  const { url, gateways, replicas, metrics, postgres, redis, rabbitmq } = JSON.parse(line);
  return {
    url,
    gateways,
    replicas,
    metricsOf: async (replica = '') =>
      (await fetch(metrics[replica], { signal: AbortSignal.timeout(5_000) })).text(),
    servers: { postgres, redis, rabbitmq },
    pids: async () =>
      ((await (await fetch(`${url}/__stack`)).json()) as { pids: Record<string, number[]> }).pids,
  };
}
