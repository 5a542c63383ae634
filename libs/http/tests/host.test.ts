import { request } from 'node:http';
import { connect } from 'node:net';
import { MemoryBus } from '@parley/bus';
import { operation } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, newId, systemClock } from '@parley/runtime';
import { createTestAuth, type TestAuth } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Host, Metrics, route, type Service, startHost, TokenVerifier } from '../src/index.ts';

const echo = operation({
  id: 'echo',
  service: 'directory',
  tag: 'test',
  method: 'post',
  path: '/things/:thingId',
  summary: 'Says what it was told',
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
  summary: 'For all',
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

interface Problem {
  status: number;
  code: string;
  requestId: string;
  errors: { field: string }[];
  retryAfterMs: number;
}

const logger = createLogger({ service: 'test', level: 'silent' });
const bus = new MemoryBus({ logger });
const user = { userId: newId(), username: 'ada' };
let auth: TestAuth;
let host: Host;
let ready = true;

const failures: Record<string, () => unknown> = {
  crash: () => new TypeError('secret internals'),
  outage: () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  never: () => new Promise(() => undefined),
  later: () => new AppError('rate_limit', { retryAfterMs: 1_500 }),
};

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
      if (!ready) throw new Error('bad mood');
    },
  },
  stop: async () => undefined,
};

const start = (overrides: object = {}, answerTimeoutMs = 15_000) => {
  const metrics = new Metrics();
  const verifier = new TokenVerifier({ bus, clock: systemClock, logger });
  const config = {
    NODE_ENV: 'test' as const,
    HOST: '127.0.0.1',
    PORT: 0,
    CORS_ORIGINS: ['*'],
    PUBLIC_PATH: '',
    API_RATE: 'off' as const,
    TRUST_PROXY: 0,
    STOP_GRACE: 0,
    SHUTDOWN_TIMEOUT: 2_000,
    ...overrides,
  };
  return startHost({
    config,
    services: [service],
    verifier,
    metrics,
    logger,
    version: 'test',
    answerTimeoutMs,
  });
};

beforeAll(async () => {
  auth = await createTestAuth(bus);
  host = await start();
});
afterAll(async () => {
  await host.stop();
  await bus.close();
});

const thing = `/things/${newId()}`;
const post = (path: string, body: string | undefined, headers: Record<string, string> = {}) =>
  fetch(host.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${auth.token(user)}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
  });

describe('a request is refused with Problem Details that say what is wrong', () => {
  test.each([
    ['no token', thing, '{"name":"xy"}', { authorization: '' }, 401, 'unauthenticated'],
    [
      'a token of another kind',
      thing,
      '{"name":"xy"}',
      { authorization: 'Basic abc' },
      401,
      'unauthenticated',
    ],
    [
      'nonsense for a token',
      thing,
      '{"name":"xy"}',
      { authorization: 'Bearer a.b.c' },
      401,
      'unauthenticated',
    ],
    [
      'an unsigned token',
      thing,
      '{"name":"xy"}',
      { authorization: 'Bearer eyJhbGciOiJub25lIiwia2lkIjoieCJ9.eyJzdWIiOiJ4In0.' },
      401,
      'unauthenticated',
    ],
    ['broken JSON', thing, '{"name":', {}, 400, 'malformed_request'],
    ['a bare string', thing, '"name"', {}, 400, 'malformed_request'],
    [
      'another type',
      thing,
      'name=xy',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    [
      'an unknown compression',
      thing,
      '{"name":"xy"}',
      { 'content-encoding': 'brainwave' },
      415,
      'unsupported_media_type',
    ],
    [
      'an unknown charset',
      thing,
      '{"name":"xy"}',
      { 'content-type': 'application/json; charset=klingon' },
      415,
      'unsupported_media_type',
    ],
    ['too much', thing, JSON.stringify({ name: 'x'.repeat(300_000) }), {}, 413, 'payload_too_large'],
    ['a path that cannot be decoded', '/things/%E0%A4%A', '{"name":"xy"}', {}, 400, 'malformed_request'],
    ['an unknown route', '/nowhere', '{}', {}, 404, 'not_found'],
    ['another method', '/open', '{}', {}, 405, 'method_not_allowed'],
  ])('%s', async (_what, path, body, headers, status, code) => {
    const response = await post(path, body, headers);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as Problem;
    expect(problem).toMatchObject({ status, code, type: `urn:parley:error:${code}` });
    expect(response.status).toBe(status);
    expect(problem.requestId).toBe(response.headers.get('x-request-id'));
    if (status === 401) expect(response.headers.get('www-authenticate')).toBe('Bearer');
    if (status === 405) expect(response.headers.get('allow')).toBe('GET');
  });

  test.each([
    ['a missing field', thing, '{}', 'name'],
    ['no body at all', thing, undefined, 'name'],
    ['a list', thing, '[]', 'body'],
    ['a nested field', thing, '{"name":"xy","inner":{"list":[1,"two"]}}', 'inner.list.1'],
    ['a wrong id', '/things/7', '{"name":"xy"}', 'thingId'],
    ['a wrong query', `${thing}?size=4`, '{"name":"xy"}', 'size'],
    ['a repeated query', `${thing}?size=1&size=2`, '{"name":"xy"}', 'size'],
  ])('%s names the field', async (_what, path, body, field) => {
    const response = await post(path, body);
    const problem = (await response.json()) as Problem;
    expect([response.status, problem.code, problem.errors[0]?.field]).toEqual([
      400,
      'validation_failed',
      field,
    ]);
    expect(problem.status).toBe(400);
  });
});

test('a good request gets its answer, a request id of its own choosing, and security headers', async () => {
  const response = await post(`${thing}?size=2`, '{"name":"xy","__proto__":{"admin":true},"more":1}', {
    'x-request-id': 'trace-1',
  });
  expect(await response.json()).toEqual({ said: `xy-2-${thing.slice(8)}`, by: 'ada' });
  expect(response.headers.get('x-request-id')).toBe('trace-1');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('x-powered-by')).toBeNull();
});

test('an expired token is told apart from a bad one', async () => {
  const response = await post(thing, '{"name":"xy"}', {
    authorization: `Bearer ${auth.token(user, -1_000)}`,
  });
  expect(await response.json()).toMatchObject({ status: 401, code: 'token_expired' });
});

test('a request whose work hangs is answered as a retryable timeout', async () => {
  const hasty = await start({}, 100);
  const answer = await fetch(`${hasty.url}/failing/never`);
  expect(answer.status).toBe(504);
  expect(await answer.json()).toMatchObject({ code: 'timeout' });
  await hasty.stop();
});

test('our own faults show no internals; an outage of a dependency says when to come back', async () => {
  const crash = await fetch(`${host.url}/failing/crash`);
  expect(crash.status).toBe(500);
  expect(await crash.text()).not.toContain('secret');
  const outage = await fetch(`${host.url}/failing/outage`);
  expect([outage.status, outage.headers.get('retry-after')]).toEqual([503, '1']);
  const later = await fetch(`${host.url}/failing/later`);
  expect([
    later.status,
    later.headers.get('retry-after'),
    ((await later.json()) as Problem).retryAfterMs,
  ]).toEqual([429, '2', 1_500]);
});

test('too many requests of one user are refused with Retry-After; another user is not harmed', async () => {
  const limited = await start({ API_RATE: { limit: 3, windowMs: 60_000 } });
  const call = (who: typeof user) =>
    fetch(limited.url + thing, {
      method: 'POST',
      headers: { authorization: `Bearer ${auth.token(who)}`, 'content-type': 'application/json' },
      body: '{"name":"xy"}',
    });
  const answers = [await call(user), await call(user), await call(user), await call(user)];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(await answers[3]?.json()).toMatchObject({ limit: '3 per minute and user', setting: 'API_RATE' });
  expect((await call({ userId: newId(), username: 'bob' })).status).toBe(200);
  await limited.stop();
});

test('readiness names the failing check, and liveness stays', async () => {
  ready = false;
  const response = await fetch(`${host.url}/readyz`);
  expect([response.status, await response.json()]).toEqual([
    503,
    { status: 'not ready', failing: ['directory.mood'] },
  ]);
  expect((await fetch(`${host.url}/healthz`)).status).toBe(200);
  ready = true;
  expect((await fetch(`${host.url}/readyz`)).status).toBe(200);
});

test('metrics tell request durations by route pattern and the event loop lag', async () => {
  await post(thing, '{"name":"xy"}');
  const metrics = await (await fetch(`${host.url}/metrics`)).text();
  expect(metrics).toMatch(
    /parley_http_request_duration_seconds_count\{method="post",route="\/things\/:thingId",status="200"\} [1-9]/,
  );
  expect(metrics).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('the documents are served from our own files', async () => {
  const page = await (await fetch(`${host.url}/docs`)).text();
  expect(page).not.toMatch(/https?:\/\//);
  for (const [, path = ''] of page.matchAll(/(?:src|href)="([^"]+)"/g))
    expect([path, (await fetch(new URL(path, `${host.url}/docs`))).status]).toEqual([path, 200]);
  expect(await (await fetch(`${host.url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
});

test('garbage on the wire gets a 400 and closes that connection alone', async () => {
  const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
  socket.end('this is not http\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  expect(answer).toContain('400 Bad Request');
  expect((await fetch(`${host.url}/healthz`)).status).toBe(200);
});

test('a port that is taken is refused in one clear line', async () => {
  const { port } = new URL(host.url);
  await expect(start({ PORT: Number(port) })).rejects.toThrow(
    `127.0.0.1:${port} is taken by another program; choose another with PORT.`,
  );
});

test('stopping lets a request under way finish', async () => {
  const stopping = await start();
  const body = JSON.stringify({ name: 'xy' });
  const slow = request(stopping.url + thing, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${auth.token(user)}`,
      'content-type': 'application/json',
      'content-length': body.length,
    },
  });
  slow.write(body.slice(0, 5));
  const answered = new Promise<number | undefined>((resolve, reject) =>
    slow.on('response', (response) => resolve(response.statusCode)).on('error', reject),
  );
  await new Promise<void>((resolve) =>
    slow.on('socket', (socket) => (socket.connecting ? socket.once('connect', () => resolve()) : resolve())),
  );
  const stopped = stopping.stop();
  slow.end(body.slice(5));
  expect(await answered).toBe(200);
  await stopped;
  await expect(fetch(`${stopping.url}/healthz`)).rejects.toThrow();
});
