import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allOperations, serviceFor } from '@parley/contracts';
import { errorTable, isErrorCode } from '@parley/errors';
import { bareEnvironment, freePort, startGroup } from '@parley/servers';
import { eventually, temporaryFolder } from '@parley/testkit';
import { expect, test } from 'vitest';

const conf = readFileSync(new URL('../docker/balancer.cfg', import.meta.url), 'utf8');

const rules = [...conf.matchAll(/^ {2}use_backend (\w+) if \{ path_reg -i (\S+) \}$/gm)].map(
  ([, service, pattern = '']) => ({
    service,
    pattern: new RegExp(pattern, 'i'),
  }),
);
const chosenBy = (path: string) => rules.find(({ pattern }) => pattern.test(path))?.service;

test('the balancer of docker-compose.yml sends every path to its service, and rejects all others', () => {
  const paths = allOperations.map(({ method, path }) => ({
    method,
    path: path.replace(/:\w+/g, '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d'),
  }));
  const publicPaths = [
    '/socket.io/',
    '/socket.io',
    '/ws',
    '/',
    '/docs',
    '/docs/swagger-ui.css',
    '/sdk/parley-client.js',
    '/rooms',
    '/rooms/01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d',
    '/invite/token',
    '/settings/profile',
    '/inbox',
    '/assets/index.js',
    '/openapi.json',
    '/asyncapi.json',
    '/readyz',
  ];
  const nobodys = [
    '/metrics',
    '/metrics/',
    '/openapi',
    '/favicon.ico',
    '/wsx',
    '/socket.iox',
    '/api',
    '/api/v2/rooms',
  ];
  const shouted = ['/API/V1/Rooms', '/Socket.IO/', '/AUTH/login'];
  const all = [
    ...paths,
    ...[...publicPaths, ...nobodys, ...shouted].map((path) => ({ method: 'get', path })),
  ];
  expect(all.map(({ path }) => `${path} → ${chosenBy(path)}`)).toEqual(
    all.map(({ method, path }) => `${path} → ${serviceFor(method, path)}`),
  );
  expect(rules.length).toBe((conf.match(/use_backend/g) ?? []).length);
});

test("the balancer's own error responses equal those of the services", () => {
  const problems = [
    ...conf.matchAll(
      / status (\d+) content-type application\/problem\+json (?:hdr Retry-After 1 )?string '(.+)'$/gm,
    ),
  ];
  expect(problems.map(([, status]) => status)).toEqual(['502', '503', '504', '404']);
  for (const [line, status, text = ''] of problems) {
    const { code, ...problem } = JSON.parse(text);
    expect(isErrorCode(code)).toBe(true);
    const known = errorTable[code as keyof typeof errorTable];
    expect({ ...problem, retryable: line.includes('Retry-After') }).toEqual({
      type: `urn:parley:error:${code}`,
      title: known.text,
      detail: known.text,
      status: Number(status),
      retryable: known.retryable,
    });
  }
});

test('HAProxy redirects the bare PUBLIC_PATH to its page, which has relative links', async (context) => {
  if (spawnSync('haproxy', ['-v']).status !== 0) return context.skip('no haproxy');
  const port = await freePort();
  const file = join(temporaryFolder(), 'balancer.cfg');
  writeFileSync(file, conf.replace('bind :8080', `bind 127.0.0.1:${port}`));
  const start = (PUBLIC_PATH: string) =>
    startGroup({
      program: 'haproxy',
      args: ['-f', file],
      env: { ...bareEnvironment, PUBLIC_PATH },
      deathSignal: 'KILL',
    });
  const ask = (path: string, init: RequestInit = {}) =>
    eventually(() => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init }));
  const answers = async (path: string) => {
    const { status, headers } = await ask(path);
    return [path, status, headers.get('location')];
  };
  const prefixed = await start('/chat');
  try {
    // No service runs here, so whatever is forwarded is answered with 503.
    expect(await answers('/chat')).toEqual(['/chat', 302, '/chat/']);
    expect(await answers('/chat/')).toEqual(['/chat/', 503, null]);
    expect(await answers('/chatty')).toEqual(['/chatty', 404, null]);
    expect((await ask('/chat', { method: 'POST' })).status).toBe(503);
  } finally {
    await prefixed.end();
  }
  const bare = await start('');
  try {
    expect(await answers('/')).toEqual(['/', 503, null]);
    expect(await answers('/chat')).toEqual(['/chat', 404, null]);
  } finally {
    await bare.end();
  }
});
