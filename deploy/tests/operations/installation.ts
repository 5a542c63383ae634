import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@parley/contracts';
import { pause } from '@parley/runtime/async';
import { temporaryFolder } from '@parley/testkit';
import { type Balancer, startBalancer } from '../../stack/balancer.ts';
import { type Replica, startReplica } from '../../stack/replica.ts';
import { type StackServers, startServers } from '../../stack/stack-servers.ts';
import { unlimited } from '../whole-stack/target.ts';

type Environment = Record<string, string>;

/**
 * An installation under an operator's control: servers that stay up, and services that can be
 * stopped and restarted with other settings.
 */
export interface Installation {
  servers: StackServers;
  /** The public address, which never changes. */
  url: string;
  /** The servers, constant after the first `start()`. */
  readonly gateways: readonly [string, string];
  /** Current processes of the services. */
  env: Environment;
  /**
   * Starts all processes that do not run, or those that every service needs, and waits until they
   * are ready. The settings are added to the earlier ones.
   */
  start(changed?: Environment, number?: 'all' | 'one of each'): Promise<void>;
  /** Stops all services, or one. */
  stop(only?: ServiceName): Promise<void>;
  /** Restarts one process after the other with new settings, as in a rolling deployment. */
  roll(changed: Environment): Promise<void>;
  /** Stops everything. */
  end(): Promise<void>;
}

interface Place {
  service: ServiceName;
  name: string;
  /** Chosen at the first start, then constant. */
  port?: number;
}

const layout: readonly (readonly [ServiceName, number])[] = [
  ['auth', 2],
  ['directory', 1],
  ['messages', 2],
  ['notifications', 1],
  ['hooks', 1],
  ['gateway', 2],
];
const readyWithinMs = 180_000;

export async function install(): Promise<Installation> {
  const folder = temporaryFolder();
  // PostgreSQL may run as another user.
  chmodSync(folder, 0o755);
  const servers = await startServers(folder, () => undefined);
  const places: Place[] = [];
  for (const [service, count] of layout) {
    for (let number = 1; number <= count; number++) places.push({ service, name: `${service}-${number}` });
  }
  const replicas = new Map<string, Replica>();
  const balancer: Balancer = await startBalancer({
    port: 0,
    backends: (service) => [...replicas.values()].filter((replica) => replica.service === service),
    pages: {},
  });
  const startOne = async (place: Place) => {
    const { service, name } = place;
    const replica = await startReplica({
      service,
      name,
      port: place.port,
      env: installation.env,
      logFile: join(folder, `${name}.log`),
      say: () => undefined,
    });
    replicas.set(name, replica);
    await replica.untilReady(readyWithinMs);
    place.port = replica.port;
  };
  const stopOne = async (name: string) => {
    await replicas.get(name)?.stop();
    replicas.delete(name);
  };
  const installation: Installation = {
    servers,
    url: balancer.url,
    get gateways(): [string, string] {
      const [one, two] = places.filter(({ service }) => service === 'gateway');
      return [`http://127.0.0.1:${one?.port}`, `http://127.0.0.1:${two?.port}`];
    },
    env: {
      ...unlimited,
      PRESENCE_GRACE: '500ms',
      PRESENCE_LEASE: '3s',
      DRAIN_WINDOW: '1s',
      SHUTDOWN_TIMEOUT: '5s',
      TRUST_PROXY: '1',
      TIMELINE_PARTITIONS: '2',
      SIGNING_SECRET: 'the first secret, of more than 32 characters',
      HOOKS_SECRET: 'the secret of webhooks with more than 32 characters',
      DATABASE_URL: servers.urls.postgres,
      REDIS_URL: servers.urls.redis,
      AMQP_URL: servers.urls.rabbitmq,
    },
    start: async (changed = {}, number = 'all') => {
      Object.assign(installation.env, changed);
      const wanted = places.filter(
        ({ service, name }) => !replicas.has(name) && (number === 'all' || name === `${service}-1`),
      );
      await Promise.all(wanted.map(startOne));
    },
    stop: async (only) => {
      const meant = places.filter(
        ({ service, name }) => replicas.has(name) && (only === undefined || service === only),
      );
      await Promise.all(meant.map(({ name }) => stopOne(name)));
    },
    roll: async (changed) => {
      Object.assign(installation.env, changed);
      for (const place of places) {
        await stopOne(place.name);
        await startOne(place);
        // As in a deployment, the next process follows when this one is ready.
        await pause(500);
      }
    },
    end: async () => {
      await installation.stop();
      await balancer.stop();
      await servers.stop();
    },
  };
  return installation;
}
