import { request } from 'node:http';
import { MemoryBus } from '@parley/bus';
import { operation } from '@parley/contracts';
import { route, TokenVerifier } from '@parley/http';
import { Metrics } from '@parley/metrics';
import { createLogger, systemClock } from '@parley/runtime';
import { eventually, startProcess } from '@parley/testkit';
import { startTracing } from '@parley/tracing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Host, type Service, startHost } from '../src/index.ts';
import { config } from './host-harness.ts';

const failing = operation({
  id: 'failing',
  service: 'directory',
  tag: 'test',
  method: 'get',
  path: '/failing/:id',
  summary: 'Fails',
  access: 'public',
  params: z.object({ id: z.string() }),
  status: 204,
});
const service: Service = {
  name: 'directory',
  routes: [
    route(failing, async () => {
      throw new TypeError('a bug');
    }),
  ],
  checks: {},
  stop: async () => undefined,
};
const lines: Record<string, unknown>[] = [];
let host: Host;
beforeAll(async () => {
  const logger = createLogger({
    service: 'test',
    level: 'debug',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  // No collector is running; the requests must not notice.
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_TRACES_SAMPLER: 'always_on',
    OTEL_TRACES_SAMPLER_ARG: 1,
    NAMESPACE: 'parley',
  } as const;
  const tracing = await startTracing({
    settings,
    service: 'test',
    version: '0',
    instance: '1',
    onTrouble: () => undefined,
  });
  const verifier = new TokenVerifier({ bus: new MemoryBus({ logger }), clock: systemClock, logger });
  const options = { services: [service], verifier, metrics: new Metrics(), logger, version: '0', tracing };
  host = await startHost({ ...options, config: { ...config, CORS_ORIGINS: ['*'] } });
});
afterAll(() => host?.stop());

test('every log line of a request has its request id and its trace', async () => {
  const traceId = 'a'.repeat(32);
  const response = await fetch(`${host.url}/failing/x?secret=1`, {
    headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
  });
  expect(response.status).toBe(500);
  const requestId = response.headers.get('x-request-id');
  const ours = await eventually(() => {
    const found = lines.filter((line) => line.requestId === requestId);
    expect(found.map(({ msg }) => msg)).toEqual(['request failed', 'request errored']);
    return found;
  });
  expect(ours[0]).toMatchObject({ traceId });
  expect(JSON.stringify(ours)).not.toContain('secret');
});

/** Requests a path as it is written, which `fetch` would change. */
const get = (path: string) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(host.url);
    const headers = {
      authorization: 'Bearer unmistakable',
      cookie: 'unmistakable',
      referer: '/unmistakable',
    };
    request({ hostname, port, path, headers }, (response) => {
      response.resume().on('end', () => resolve(String(response.headers['x-request-id'])));
    })
      .on('error', reject)
      .end();
  });

test.each([
  '/api/v1/rooms/invites/unmistakable/join',
  '/api/v1/rooms/INVITES/unmistakable/join',
  '/API/v1/Rooms/%69nvites/unmistakable/join',
  '//api/v1/rooms/invites//unmistakable',
  '/api/v1/rooms/invites%2Funmistakable/join',
  '/api/v1/rooms/invites\\unmistakable',
  '/rooms/invite/unmistakable',
  '/unmistakable',
  '/socket.io/?EIO=4&transport=polling&TOKEN=unmistakable',
  '/ws?%74oken=unmistakable',
  '/ws;token=unmistakable',
  '/ws%3Ftoken=unmistakable',
  '/open#token=unmistakable',
  '/failing/unmistakable',
  '/FAILING/unmistakable?accessToken=unmistakable',
])('the log line of %s shows no secret', async (path) => {
  const requestId = await get(path);
  const written = await eventually(() => {
    const found = lines.filter((line) => line.requestId === requestId);
    expect(found.map(({ msg }) => msg)).toContainEqual(
      expect.stringMatching(/^request (completed|errored)$/),
    );
    return JSON.stringify(found);
  });
  expect(written).not.toContain('unmistakable');
});

test('the log line of a request names the route and the ids', async () => {
  const id = '0198c5a4-1111-7000-8000-000000000001';
  const requestId = await get(`/api/v1/rooms/${id}/messages?limit=5`);
  const line = await eventually(() => {
    const found = lines.find((one) => one.requestId === requestId);
    expect(found).toBeDefined();
    return found;
  });
  expect(line).toMatchObject({ req: { method: 'GET', path: `/api/v1/rooms/${id}/messages` } });
});

test.each(['start', 'later'])(
  'a process that fails (%s) prints the error without a password',
  async (when) => {
    const entry = new URL('./fixtures/failing-main.ts', import.meta.url);
    const failed = await startProcess({ entry, args: [when] });
    expect(await failed.ended()).toMatchObject({ code: 1 });
    expect(failed.output()).toContain('Invalid URL');
    expect(failed.output()).toContain('postgres://…@database');
    expect(failed.output()).not.toContain('unmistakable');
  },
);
