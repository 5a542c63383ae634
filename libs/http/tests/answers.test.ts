import { MemoryBus } from '@parley/bus';
import { operation } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, systemClock } from '@parley/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Host, Metrics, route, type Service, startHost, TokenVerifier } from '../src/index.ts';

const common = { service: 'directory', tag: 'test', access: 'public', summary: 'For a test' } as const;
const id = z.object({ thingId: z.uuid() });
const body = z.object({ name: z.string().min(2) });
const own = operation({ ...common, id: 'own', method: 'post', path: '/things/:thingId', params: id, body, status: 204 });
const canonical = operation({ ...own, id: 'canonical', path: '/api/v1/things/:thingId' });
const stated = operation({ ...common, id: 'stated', method: 'get', path: '/api/v1/stated', status: 204, statuses: { blocked: 400 } });
const list = operation({
  ...common,
  id: 'list',
  method: 'get',
  path: '/list',
  query: z.object({ search: z.string().default(''), page: z.string().optional(), after: z.coerce.number().default(0) }),
  status: 200,
  response: z.array(z.number()),
  mayHaveMore: true,
});

const service: Service = {
  name: 'directory',
  routes: [
    route(own, async () => undefined),
    route(canonical, async () => undefined),
    route(stated, async () => {
      throw new AppError('blocked');
    }),
    route(list, async ({ query: { after }, more }) => {
      more(after < 2 ? { after: after + 1, page: null } : null);
      if (after === 0) more('../elsewhere?cursor=1');
      return [after + 1];
    }),
  ],
  checks: {},
  stop: async () => undefined,
};

const logger = createLogger({ service: 'test', level: 'silent' });
const bus = new MemoryBus({ logger });
let host: Host;

beforeAll(async () => {
  const config = {
    NODE_ENV: 'test' as const,
    HOST: '127.0.0.1',
    PORT: 0,
    CORS_ORIGINS: ['*'],
    API_RATE: 'off' as const,
    TRUST_PROXY: 0,
    PUBLIC_PATH: '',
    STOP_GRACE: 0,
    SHUTDOWN_TIMEOUT: 2_000,
  };
  const verifier = new TokenVerifier({ bus, clock: systemClock, logger });
  host = await startHost({ config, services: [service], verifier, metrics: new Metrics(), logger, version: 'test' });
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
] as const)('invalid input below "%s" is %i, in the body as in the path', async (prefix, status) => {
  const answers = [
    await post(`${prefix}/things/01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d`, '{}'),
    await post(`${prefix}/things/7`, '{"name":"xy"}'),
  ];
  for (const answer of answers) {
    expect([answer.status, await answer.json()]).toMatchObject([status, { status, code: 'validation_failed' }]);
  }
});

test('an operation may state another status for an error', async () => {
  const answer = await fetch(`${host.url}/api/v1/stated`);
  expect([answer.status, await answer.json()]).toMatchObject([400, { status: 400, code: 'blocked' }]);
});

test('a part of a list says where it goes on, by links that hold under any prefix; the last part says nothing', async () => {
  const first = await fetch(`${host.url}/list?search=a%26b&page=1`);
  expect(first.headers.get('x-has-more')).toBe('true');
  const links = [...(first.headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="next"/g)].map(([, link = '']) => link);
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
