import { parseArgs } from 'node:util';
import type { ServiceName } from '@parley/contracts';
import { type Environment, StartError } from '@parley/runtime';
import { z } from 'zod';

const count = (fallback: number) => z.coerce.number().int().min(1).max(20).default(fallback);

const schema = z.object({
  auth: count(1),
  directory: count(1),
  messages: count(2),
  notifications: count(1),
  hooks: count(1),
  /** 0: the process of the stack serves the web client itself. */
  web: z.coerce.number().int().min(0).max(20).default(0),
  gateways: count(2),
  /** Port of the public address, on 127.0.0.1. 0: a free one. */
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  clustered: z.boolean().default(false),
  'external-servers': z.boolean().default(false),
  'no-affinity': z.boolean().default(false),
  json: z.boolean().default(false),
});

const switches = ['clustered', 'external-servers', 'no-affinity', 'json'];

export interface StackLayout {
  port: number;
  /**
   * Number of processes per service. Without one of `web`, the process of the stack serves it: a
   * start then takes less time.
   */
  replicas: Record<ServiceName, number>;
  /**
   * Three nodes each of RabbitMQ and Redis, a database for each service, and a replica of the
   * messages database. @default false: one of each server
   */
  clustered?: boolean;
  /**
   * Uses the servers of `DATABASE_URL`, `REDIS_URL` and `AMQP_URL` and starts none. @default false
   */
  externalServers?: boolean;
  /**
   * `false`: the load balancer sends each request of a session to the next gateway. @default true
   */
  affinity?: boolean;
  /**
   * For programs: prints the state as one line of JSON, with the passwords of the servers. @default
   * false
   */
  json?: boolean;
}

/** @param env its `PORT` is the default of `--port` @throws StartError with the usage */
export function parseLayout(args: readonly string[], env: Environment): StackLayout {
  const all = Object.keys(schema.shape);
  const flags = all.filter((name) => !switches.includes(name));
  try {
    const options = {
      ...Object.fromEntries(flags.map((flag) => [flag, { type: 'string' as const }])),
      ...Object.fromEntries(switches.map((name) => [name, { type: 'boolean' as const }])),
    };
    const { values } = parseArgs({ args: [...args], options });
    const fromEnvironment = { port: env.PORT?.trim() || undefined };
    const {
      port,
      gateways,
      clustered,
      'external-servers': externalServers,
      'no-affinity': noAffinity,
      json,
      ...others
    } = schema.parse({ ...fromEnvironment, ...values });
    const replicas = { ...others, gateway: gateways };
    return { port, replicas, clustered, externalServers, affinity: !noAffinity, json };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String((error as Error).message);
    throw new StartError(
      `${reason}\nUsage: npm run stack -- ${flags.map((flag) => `[--${flag} N]`).join(' ')}` +
        ` ${switches.map((name) => `[--${name}]`).join(' ')}`,
    );
  }
}
