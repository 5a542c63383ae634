import { type Bus, MemoryBus } from '@parley/bus';
import { TokenVerifier } from '@parley/http';
import { Metrics } from '@parley/metrics';
import { type Clock, createLogger, type Logger, loadConfig, newId, systemClock } from '@parley/runtime';
import { type HostConfig, type Infrastructure, type Service, startHost } from '@parley/service';
import type { z } from 'zod';

/** The exports of a service's `service.ts`. */
export interface ServiceModule<Config extends HostConfig> {
  config: z.ZodType<Config>;
  createService: (config: Config, infrastructure: Infrastructure) => Promise<Service>;
}

export interface BootOptions {
  /** Settings; a service with tables needs `DATABASE_URL`. Limits are off unless set. */
  env?: Record<string, string | undefined>;
  /** @default a bus in this process, closed by `stop()` */
  bus?: Bus;
  /** @default none */
  backplane?: Infrastructure['backplane'];
  /** @default the system's */
  clock?: Clock;
  /** @default a silent one */
  logger?: Logger;
}

export interface BootedService {
  url: string;
  bus: Bus;
  metrics: Metrics;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  stop(): Promise<void>;
}

interface CallOptions {
  token?: string | undefined;
  /** Text is sent as it is, everything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
  body: any;
}

const testSettings = {
  NODE_ENV: 'test',
  PORT: '0',
  LOG_LEVEL: 'silent',
  AMQP_URL: 'amqp://unused',
  API_RATE: 'off',
  KEY_RATE: 'off',
};

/** The bus and the logger that `bootService` uses by default. */
export function memoryBus(logger = createLogger({ service: 'test', level: 'silent' })): Bus {
  return new MemoryBus({ logger });
}

/**
 * Starts a service in this process, composed as in production. The test plays its neighbours on the
 * bus.
 */
export async function bootService<Config extends HostConfig>(
  { config: schema, createService }: ServiceModule<Config>,
  options: BootOptions = {},
): Promise<BootedService> {
  const { clock = systemClock, logger = createLogger({ service: 'test', level: 'silent' }) } = options;
  const config = loadConfig(schema, { ...testSettings, ...options.env });
  const bus = options.bus ?? memoryBus(logger);
  const metrics = new Metrics();
  const verifier = new TokenVerifier({ bus, clock, logger });
  await verifier.start();
  const { backplane } = options;
  const service = await createService(config, { bus, backplane, logger, metrics, verifier, clock, newId });
  const host = await startHost({ config, services: [service], verifier, metrics, logger, version: 'test' });
  return {
    url: host.url,
    bus,
    metrics,
    call: (method, path, call) => request(method, host.url + path, call),
    stop: async () => {
      await host.stop();
      if (!options.bus) await bus.close();
    },
  };
}

async function request(
  method: string,
  url: string,
  { token, body, headers }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
