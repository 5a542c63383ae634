import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bareEnvironment, type ChildGroup, freePort, startGroup } from '@parley/servers';
import { eventually, temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtFile } from './built-file.ts';

let program: ChildGroup;
let url: string;
let metricsUrl: string;

/** The content of its image, which has no libraries. */
function imageFolder(): string {
  const folder = temporaryFolder();
  const dist = dirname(builtFile('dist/web.js'));
  mkdirSync(join(folder, 'dist'));
  // The program finds files next to itself, which would be the original if this were a link.
  cpSync(join(dist, 'web.js'), join(folder, 'dist/web.js'));
  for (const name of ['sdk', 'web-client']) symlinkSync(join(dist, name), join(folder, 'dist', name));
  return folder;
}

beforeAll(async () => {
  const [port, metricsPort] = [await freePort(), await freePort()];
  metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  url = `http://127.0.0.1:${port}`;
  program = await startGroup({
    program: process.execPath,
    args: [join(imageFolder(), 'dist/web.js')],
    env: { ...bareEnvironment, PORT: String(port), METRICS_PORT: String(metricsPort), PUBLIC_PATH: '/chat' },
    deathSignal: 'KILL',
  });
  await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
});
afterAll(() => program?.end());

const open = async (path: string, accept = 'text/html') => {
  const response = await fetch(url + path, { headers: { accept } });
  const [type] = (response.headers.get('content-type') ?? '').split(';');
  return { status: response.status, type, url: response.url, text: await response.text() };
};
const html = { type: 'text/html' };
const problem = { type: 'application/problem+json', status: 404 };

test('the image has what it needs to serve the pages, files and SDK, under any public path', async () => {
  const { text } = await open('/rooms');
  const [, script = ''] = /<script [^>]*src="\.([^"]+)"/.exec(text) ?? [];
  const files = [
    script,
    '/sdk/parley-client.js',
    '/sdk/parley-client-copy-check.js',
    '/sdk/parley-client-account.js',
    '/sdk/parley-client.d.ts',
  ];
  for (const prefix of ['', '/chat']) {
    for (const path of ['/', '/rooms', '/inbox', '/settings/profile'])
      expect(await open(prefix + path)).toMatchObject({ ...html, status: 200 });
    expect(await open(`${prefix}/no/page`)).toMatchObject({ ...html, status: 404 });
    for (const path of files) expect(await open(prefix + path)).toMatchObject({ status: 200 });
  }
  expect(await open('/chat?x=1')).toMatchObject({ ...html, url: `${url}/chat/?x=1` });
});

test('it is observed as the other services are, and has no API and no documents', async () => {
  expect((await open('/healthz')).status).toBe(200);
  expect(await (await fetch(metricsUrl)).text()).toContain('nodejs_eventloop_lag');
  for (const path of ['/api/v1/rooms', '/assets/nothing.js', '/sdk/nothing.js', '/metrics'])
    expect(await open(path)).toMatchObject(problem);
  for (const path of ['/docs', '/openapi.json', '/nothing'])
    expect(await open(path, 'application/json')).toMatchObject(problem);
});

test('it ends by itself when it is told to stop', async () => {
  program.signalAll('SIGTERM');
  expect(await program.exited).toMatchObject({ code: 0 });
});
