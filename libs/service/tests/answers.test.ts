import { MemoryBus } from '@parley/bus';
import { operation } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { route, TokenVerifier } from '@parley/http';
import { Metrics } from '@parley/metrics';
import { createLogger, systemClock } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Host, type Service, startHost } from '../src/index.ts';

const common = { service: 'directory', tag: 'test', access: 'public', summary: 'For a test' } as const;
const id = z.object({ thingId: z.uuid() });
const body = z.object({ name: z.string().min(2) });
const own = operation({
  ...common,
  id: 'own',
  method: 'post',
  path: '/things/:thingId',
  params: id,
  body,
  status: 204,
});
const canonical = operation({ ...own, id: 'canonical', path: '/api/v1/things/:thingId' });
const stated = operation({
  ...common,
  id: 'stated',
  method: 'get',
  path: '/api/v1/stated',
  status: 204,
  statuses: { blocked: 400 },
});
const list = operation({
  ...common,
  id: 'list',
  method: 'get',
  path: '/list',
  query: z.object({
    search: z.string().default(''),
    page: z.string().min(1).optional(),
    after: z.coerce.number().default(0),
  }),
  status: 200,
  response: z.array(z.number()),
  mayHaveMore: true,
});
const queried = operation({
  id: 'queried',
  ...common,
  method: 'get',
  path: '/api/v1/things',
  summary: 'Canonical operation',
  query: z
    .object({ limit: z.coerce.number().min(1).optional(), before_seq: z.string().optional() })
    .refine(() => true),
  status: 204,
});
const bare = operation({
  id: 'bare',
  ...common,
  method: 'get',
  path: '/api/v1/bare',
  summary: 'Canonical operation without parameters',
  status: 204,
});
const open = operation({ ...common, id: 'open', method: 'get', path: '/open', status: 204 });

const service: Service = {
  name: 'directory',
  routes: [
    route(own, async () => undefined),
    route(canonical, async () => undefined),
    route(stated, async () => {
      throw new AppError('blocked');
    }),
    route(queried, async () => undefined),
    route(bare, async () => undefined),
    route(open, async () => undefined),
    route(list, async ({ query: { after }, more }) => {
      more(after < 2 ? { after: after + 1, page: null } : null);
      if (after === 0) more('../elsewhere?cursor=1');
      return [after + 1];
    }),
  ],
  checks: {},
  stop: async () => undefined,
};

interface Problem {
  code: string;
  errors: { field: string; message: string }[];
}

const logger = createLogger({ service: 'test', level: 'silent' });
const bus = new MemoryBus({ logger });
let host: Host;

const start = (overrides: object = {}) => {
  const config = {
    NODE_ENV: 'test' as const,
    HOST: '127.0.0.1',
    PORT: 0,
    CORS_ORIGINS: ['*'],
    API_RATE: 'off' as const,
    KEY_RATE: 'off' as const,
    TRUST_PROXY: 0,
    METRICS_PORT: 0,
    PUBLIC_PATH: '',
    STOP_GRACE: 0,
    SHUTDOWN_TIMEOUT: 2_000,
    ...overrides,
  };
  const verifier = new TokenVerifier({ bus, clock: systemClock, logger });
  return startHost({
    config,
    services: [service],
    verifier,
    metrics: new Metrics(),
    logger,
    version: 'test',
  });
};

beforeAll(async () => {
  host = await start();
});
afterAll(async () => {
  await host.stop();
  await bus.close();
});

const post = (path: string, content: string) =>
  fetch(host.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: content });

test.each([
  ['/api/v1', 422],
  ['', 400],
] as const)('invalid input below "%s" is %i, in the body and in the path', async (prefix, status) => {
  const answers = [
    await post(`${prefix}/things/01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d`, '{}'),
    await post(`${prefix}/things/7`, '{"name":"xy"}'),
  ];
  for (const answer of answers) {
    expect([answer.status, await answer.json()]).toMatchObject([
      status,
      { status, code: 'validation_failed' },
    ]);
  }
});

test('an operation may define another status for an error', async () => {
  const answer = await fetch(`${host.url}/api/v1/stated`);
  expect([answer.status, await answer.json()]).toMatchObject([400, { status: 400, code: 'blocked' }]);
});

test('an incomplete list links to its next part, under any prefix; the last part has no link', async () => {
  const first = await fetch(`${host.url}/list?search=a%26b&page=1`);
  expect(first.headers.get('x-has-more')).toBe('true');
  const links = [...(first.headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="next"/g)].map(
    ([, link = '']) => link,
  );
  expect(links).toEqual(['?search=a%26b&after=1', '../elsewhere?cursor=1']);
  const walked: unknown[] = [];
  for (let url: string | undefined = `${host.url}/list?search=a`; url; ) {
    const answer: Response = await fetch(url);
    walked.push(...((await answer.json()) as number[]));
    const next = /^<([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1];
    url = next && new URL(next, answer.url).href;
  }
  expect(walked).toEqual([1, 2, 3]);
  const last = await fetch(`${host.url}/list?after=2`, { headers: { origin: 'https://chat.example.org' } });
  expect([last.headers.get('x-has-more'), last.headers.get('link')]).toEqual([null, null]);
  expect(last.headers.get('access-control-expose-headers')).toMatch(/Link.*X-Has-More/);
});

test.each([
  [
    '/api/v1/things?search=x&limit=3&before=1',
    ['search', 'before'],
    'is unknown: the query parameters of this operation are limit, before_seq',
  ],
  ['/api/v1/bare?since=1', ['since'], 'is unknown: this operation has no query parameters'],
  [`/api/v1/bare?${'x'.repeat(99)}`, ['x'.repeat(40)], 'is unknown: this operation has no query parameters'],
])('the canonical API refuses unknown query parameters by name: %.40s', async (path, fields, message) => {
  const response = await fetch(host.url + path);
  const { code, errors } = (await response.json()) as Problem;
  expect([response.status, code]).toEqual([422, 'validation_failed']);
  expect(errors).toEqual(fields.map((field) => ({ field, message, reason: 'unknown' })));
});

test('known query parameters pass; operations of client contracts ignore unknown ones', async () => {
  for (const path of ['/api/v1/things?limit=3&before_seq=1', '/api/v1/bare', '/open?_=1732']) {
    expect([path, (await fetch(host.url + path)).status]).toEqual([path, 204]);
  }
});

test('operations of client contracts ignore empty query parameters, as in ?search&page', async () => {
  const list = await fetch(`${host.url}/list?search&page=&after`);
  expect([list.status, await list.json()]).toEqual([200, [1]]);
  expect((await fetch(`${host.url}/api/v1/things?limit=`)).status).toBe(422);
});

describe('cross-origin pages', () => {
  const ask = async (url: string, origin: string) => {
    const preflight = await fetch(`${url}/open`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    const call = await fetch(`${url}/open`, { headers: { origin } });
    const named = ({ headers }: Response) =>
      ['origin', 'credentials'].map((name) => headers.get(`access-control-allow-${name}`));
    expect([preflight.status, preflight.headers.get('access-control-max-age')]).toEqual([204, '600']);
    return [named(preflight), named(call)];
  };

  test('may call from any origin by default, without credentials', async () => {
    expect(await ask(host.url, 'https://any.example')).toEqual([
      ['*', null],
      ['*', null],
    ]);
  });

  test('may call with credentials from listed origins, and not at all from others', async () => {
    const listed = await start({ CORS_ORIGINS: ['https://chat.example', 'http://localhost:8000'] });
    for (const origin of ['https://chat.example', 'http://localhost:8000']) {
      expect(await ask(listed.url, origin)).toEqual([
        [origin, 'true'],
        [origin, 'true'],
      ]);
    }
    const [[preflight], [call]] = (await ask(listed.url, 'https://evil.example')) as [[unknown], [unknown]];
    expect([preflight, call]).toEqual([null, null]);
    await listed.stop();
  });
});
