import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { routedRequests } from '@parley/contracts/routed-requests';
import { errorTable, isErrorCode } from '@parley/errors';
import { bareEnvironment, freePort, startGroup } from '@parley/servers';
import { eventually, temporaryFolder } from '@parley/testkit';
import { expect, test } from 'vitest';
import { serveWeb } from '../stack/serve-web.ts';

const conf = readFileSync(new URL('../docker/balancer.cfg', import.meta.url), 'utf8');

const rules = [...conf.matchAll(/^ {2}use_backend (\w+) if \{ path_reg -i (\S+) \}$/gm)].map(
  ([, service, pattern = '']) => ({
    service,
    pattern: new RegExp(pattern, 'i'),
  }),
);
const chosenBy = (path: string) =>
  rules.find(({ pattern }) => pattern.test(path.split('?')[0] ?? ''))?.service ??
  /^ {2}default_backend (\w+)$/m.exec(conf)?.[1];

test('the balancer of docker-compose.yml sends every path to the service that answers it', () => {
  expect(routedRequests.map(({ path }) => `${path} → ${chosenBy(path)}`)).toEqual(
    routedRequests.map(({ path, service }) => `${path} → ${service}`),
  );
  expect(rules.length).toBe((conf.match(/use_backend/g) ?? []).length);
});

test("the balancer's own error responses equal those of the services", () => {
  const problems = [
    ...conf.matchAll(
      / status (\d+) content-type application\/problem\+json (?:hdr Retry-After 1 )?string '(.+)'$/gm,
    ),
  ];
  expect(problems.map(([, status]) => status)).toEqual(['502', '503', '504']);
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

test('HAProxy redirects the bare PUBLIC_PATH, and leaves other paths to the web client', async (context) => {
  if (spawnSync('haproxy', ['-v']).status !== 0) return context.skip('no haproxy');
  const port = await freePort();
  const folder = temporaryFolder();
  const file = join(folder, 'balancer.cfg');
  const web = await serveWeb({}, join(folder, 'web.log'));
  writeFileSync(
    file,
    conf
      .replace('bind :8080', `bind 127.0.0.1:${port}`)
      .replace('server-template web 8 web:8080', `server web 127.0.0.1:${web.port}`),
  );
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
    // No other service runs here, so whatever is forwarded to one is answered with 503.
    expect(await answers('/chat')).toEqual(['/chat', 302, '/chat/']);
    expect(await answers('/chat/')).toEqual(['/chat/', 503, null]);
    expect((await ask('/chat', { method: 'POST' })).status).toBe(503);
    expect(await answers('/chat/rooms')).toEqual(['/chat/rooms', 200, null]);
    expect(await answers('/chatty')).toEqual(['/chatty', 404, null]);
  } finally {
    await prefixed.end();
  }
  const bare = await start('');
  try {
    expect(await answers('/')).toEqual(['/', 503, null]);
    for (const [path, accept, type] of [
      ['/chat', 'text/html,*/*', 'text/html'],
      ['/chat', 'application/json', 'application/problem+json'],
      ['/api/v2/rooms', '*/*', 'application/problem+json'],
      ['/metrics', 'text/html', 'application/problem+json'],
    ] as const) {
      const { status, headers } = await ask(path, { headers: { accept } });
      expect([path, status, headers.get('content-type')?.split(';')[0]]).toEqual([path, 404, type]);
    }
    // A page of another origin sees the error, not one of CORS.
    const typo = await ask('/api/v2/rooms', { headers: { origin: 'https://else.example' } });
    expect(typo.headers.get('access-control-allow-origin')).toBe('*');
    expect(await typo.json()).toMatchObject({ code: 'not_found' });
  } finally {
    await bare.end();
    await web.stop();
  }
});
