import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from '@parley/contracts';
import { temporaryFolder } from '@parley/testkit';
import { type Balancer, startBalancer } from '../../stack/balancer.ts';
import { type Replica, startReplica } from '../../stack/replica.ts';
import { type StackServers, startServers } from '../../stack/stack-servers.ts';
import { unlimited } from '../whole-stack/target.ts';

type Environment = Record<string, string>;

/** What operators run, with their hands on it: servers that stay, and services that can be stopped, and started with other settings, while the servers stay. */
export interface Installation {
  servers: StackServers;
  /** The public address; it stays. */
  url: string;
  /** These stay from the first `start()` on. */
  readonly gateways: readonly [string, string];
  /** Of the services, as they are now. */
  env: Environment;
  /** All services, when all are ready; with these settings besides those that they had. */
  start(changed?: Environment): Promise<void>;
  /** All services, or that one. */
  stop(only?: ServiceName): Promise<void>;
  /** One process after the other gets the new settings, as in a rolling deploy. */
  roll(changed: Environment): Promise<void>;
  /** Stops everything. */
  end(): Promise<void>;
}

interface Place {
  service: ServiceName;
  name: string;
  /** Of its first start; it stays. */
  port?: number;
}

const layout: readonly (readonly [ServiceName, number])[] = [
  ['auth', 2],
  ['directory', 1],
  ['messages', 2],
  ['notifications', 1],
  ['gateway', 2],
];
const readyWithinMs = 180_000;

export async function install(): Promise<Installation> {
  const folder = temporaryFolder();
  // PostgreSQL may have to run as another user.
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
      SIGNING_SECRET: 'the first secret, of more than 32 characters',
      DATABASE_URL: servers.urls.postgres,
      REDIS_URL: servers.urls.redis,
      AMQP_URL: servers.urls.rabbitmq,
    },
    start: async (changed = {}) => {
      Object.assign(installation.env, changed);
      await Promise.all(places.map(startOne));
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
        // As a deployment does: the next one goes when this one has settled.
        await delay(500);
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
