import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceName } from '@parley/contracts';
import { commonSettings, type Environment, loadConfig } from '@parley/runtime';
import { z } from 'zod';
import { type Balancer, startBalancer } from './balancer.ts';
import { startClusteredServers } from './clustered-servers.ts';
import type { StackLayout } from './options.ts';
import { type Replica, startReplica } from './replica.ts';
import { serveWeb, type WebBackend } from './serve-web.ts';
import { serviceEnvironment } from './service-environment.ts';
import { type StackServers, startServers, useServers } from './stack-servers.ts';

/**
 * Current addresses and processes. Process ids change on restart: `GET <url>/__stack` answers the
 * current state.
 */
export interface StackState {
  url: string;
  gateways: string[];
  /** The URL of every replica, by service. */
  replicas: Record<ServiceName, string[]>;
  /** The address of the metrics of each of those URLs that is a process of its own. */
  metrics: Record<string, string>;
  postgres: string;
  redis: string;
  rabbitmq: string;
  /** Whether every process of every service is ready. */
  ready: boolean;
  pids: Record<ServiceName | 'postgres' | 'redis' | 'rabbitmq', number[]>;
}

export interface Stack {
  state(): StackState;
  /** Stops everything that was started and removes its folder. Idempotent. */
  stop(): Promise<void>;
}

export interface StackOptions {
  layout: StackLayout;
  /** Passed to the services, except for the settings that the stack controls. */
  env: Environment;
  /** Receives a sentence for each event. */
  say: (line: string) => void;
}

/** Limit for a start that hangs. A busy machine may need more than a minute. */
const readyWithinMs = 180_000;
const balancerSettings = z.object({ PUBLIC_PATH: commonSettings.PUBLIC_PATH });

function startOrUseServers(layout: StackLayout, env: Environment, folder: string, say: StackOptions['say']) {
  if (layout.externalServers) return useServers(env);
  return layout.clustered ? startClusteredServers(folder, say) : startServers(folder, say);
}

/**
 * Starts private PostgreSQL, Redis and RabbitMQ servers, each service as its own processes, and one
 * public address. Restarts every process that dies.
 * @throws StartError when the port is taken, or when a server or service fails to start; it has
 * then
 *   stopped everything again
 */
export async function startStack({ layout, env, say }: StackOptions): Promise<Stack> {
  const { PUBLIC_PATH: publicPath } = loadConfig(balancerSettings, env);
  const folder = mkdtempSync(join(tmpdir(), 'parley-stack-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  process.once('exit', removeFolder);
  // PostgreSQL may run as another user.
  chmodSync(folder, 0o755);
  say(`Logs and data are in ${folder} until the stack stops.`);
  const replicas: Replica[] = [];
  const of = (service: ServiceName) => replicas.filter((replica) => replica.service === service);
  let web: WebBackend | undefined;
  const backends = (service: ServiceName) => (service === 'web' && web ? [web] : of(service));
  let balancer: Balancer | undefined;
  let servers: StackServers | undefined;
  let stopped: Promise<void> | undefined;

  const stopAll = async () => {
    await balancer?.stop();
    await Promise.all([web, ...replicas].map((each) => each?.stop()));
    await servers?.stop();
    removeFolder();
    process.removeListener('exit', removeFolder);
  };
  const stop = () => {
    stopped ??= stopAll();
    return stopped;
  };

  try {
    let state: () => StackState | null = () => null;
    balancer = await startBalancer({
      port: layout.port,
      publicPath,
      backends,
      affinity: layout.affinity ?? true,
      pages: { '/__stack': () => state() },
    });
    const url = balancer.url + publicPath;
    servers = await startOrUseServers(layout, env, folder, say);
    const { urls, processes, addresses } = servers;
    const shared = serviceEnvironment(env);
    for (const [service, count] of Object.entries(layout.replicas) as [ServiceName, number][]) {
      for (let number = 1; number <= count; number++) {
        const name = `${service}-${number}`;
        const logFile = join(folder, `${name}.log`);
        replicas.push(
          await startReplica({ service, name, env: { ...shared, ...addresses(service) }, logFile, say }),
        );
      }
    }
    if (layout.replicas.web === 0) web = await serveWeb(shared, join(folder, 'web.log'));
    await Promise.all(replicas.map((replica) => replica.untilReady(readyWithinMs)));
    const urlsOf = (service: ServiceName) => backends(service).map(({ url }) => url);
    const pidsOf = (service: ServiceName) => of(service).flatMap(({ pid }) => pid ?? []);
    const present = (): StackState => ({
      url,
      gateways: urlsOf('gateway'),
      replicas: {
        auth: urlsOf('auth'),
        directory: urlsOf('directory'),
        messages: urlsOf('messages'),
        notifications: urlsOf('notifications'),
        hooks: urlsOf('hooks'),
        gateway: urlsOf('gateway'),
        web: urlsOf('web'),
      },
      metrics: Object.fromEntries(replicas.map(({ url, metricsUrl }) => [url, metricsUrl])),
      ...urls,
      ready: replicas.every((replica) => replica.ready),
      pids: {
        auth: pidsOf('auth'),
        directory: pidsOf('directory'),
        messages: pidsOf('messages'),
        notifications: pidsOf('notifications'),
        hooks: pidsOf('hooks'),
        gateway: pidsOf('gateway'),
        web: pidsOf('web'),
        postgres: processes.postgres.flatMap(({ pids }) => pids),
        redis: processes.redis.flatMap(({ pids }) => pids),
        rabbitmq: processes.rabbitmq.flatMap(({ pids }) => pids),
      },
    });
    state = present;
    return { state: present, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
