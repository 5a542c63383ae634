import { MemoryBus } from '@parley/bus';
import { operation } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { route, TokenVerifier } from '@parley/http';
import { Metrics } from '@parley/metrics';
import { createLogger, newId, systemClock } from '@parley/runtime';
import { freePort } from '@parley/servers';
import { createTestAuth } from '@parley/testkit';
import { z } from 'zod';
import { type Host, type HostConfig, type Service, startHost } from '../src/index.ts';

const echo = operation({
  id: 'echo',
  service: 'directory',
  tag: 'test',
  method: 'post',
  path: '/things/:thingId',
  summary: 'Returns its input',
  params: z.object({ thingId: z.uuid() }),
  query: z.object({ size: z.coerce.number().int().max(3).default(1) }),
  body: z.object({
    name: z.string().min(2),
    inner: z.object({ list: z.array(z.number()).max(2) }).optional(),
  }),
  status: 200,
  response: z.object({ said: z.string(), by: z.string() }),
});
const open = operation({
  id: 'open',
  service: 'directory',
  tag: 'test',
  method: 'get',
  path: '/open',
  summary: 'Public',
  access: 'public',
  status: 204,
});
const failing = operation({
  id: 'failing',
  service: 'directory',
  tag: 'test',
  method: 'get',
  path: '/failing/:how',
  summary: 'Fails',
  access: 'public',
  params: z.object({ how: z.string() }),
  status: 204,
});

export interface Problem {
  status: number;
  code: string;
  requestId: string;
  errors: { field: string }[];
  retryAfterMs: number;
}

export const user = { userId: newId(), username: 'ada' };
/** A path of the operation `echo`. */
export const thing = `/things/${newId()}`;

const failures: Record<string, () => unknown> = {
  crash: () => new TypeError('secret internals'),
  outage: () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  never: () => new Promise(() => undefined),
  later: () => new AppError('rate_limit', { retryAfterMs: 1_500 }),
};

export type HostHarness = Awaited<ReturnType<typeof startHostHarness>>;

/** A host of one service that answers, refuses or fails as its operations say. */
export async function startHostHarness() {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const bus = new MemoryBus({ logger });
  const auth = await createTestAuth(bus);
  /** The outcome of the service's readiness check, and how often it ran. */
  const readiness = { ready: true, checks: 0 };
  const service: Service = {
    name: 'directory',
    routes: [
      route(echo, async ({ body, caller, query, params }) => ({
        said: `${body.name}-${query.size}-${params.thingId}`,
        by: caller.username,
      })),
      route(open, async () => undefined),
      route(failing, async ({ params }) => {
        throw await failures[params.how]?.();
      }),
    ],
    checks: {
      mood: () => {
        readiness.checks += 1;
        if (!readiness.ready) throw new Error('bad mood');
      },
    },
    stop: async () => undefined,
  };
  const start = (
    overrides: Partial<HostConfig> = {},
    answerTimeoutMs = 15_000,
    metricsHost?: string,
  ): Promise<Host> =>
    startHost({
      metricsHost,
      config: { ...config, ...overrides },
      services: [service],
      verifier: new TokenVerifier({ bus, clock: systemClock, logger }),
      metrics: new Metrics(),
      logger,
      version: 'test',
      answerTimeoutMs,
    });
  const METRICS_PORT = await freePort();
  const host = await start({ METRICS_PORT });
  const metricsUrl = `http://127.0.0.1:${METRICS_PORT}/metrics`;
  const post = (path: string, body: string | undefined, headers: Record<string, string> = {}) =>
    fetch(host.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${auth.token(user)}`,
        'content-type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
  const stop = async () => {
    await host.stop();
    await bus.close();
  };
  return { auth, host, metricsUrl, readiness, start, post, stop };
}

export const config: HostConfig = {
  NODE_ENV: 'test',
  HOST: '127.0.0.1',
  PORT: 0,
  METRICS_PORT: 0,
  CORS_ORIGINS: ['*'],
  PUBLIC_PATH: '',
  API_RATE: 'off',
  KEY_RATE: 'off',
  TRUST_PROXY: 0,
  STOP_GRACE: 0,
  SHUTDOWN_TIMEOUT: 2_000,
};
