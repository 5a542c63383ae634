import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { newId } from '@parley/runtime';
import { freePort } from '@parley/servers';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostHarness, type Problem, startHostHarness, thing, user } from './host-harness.ts';

let harness: HostHarness;
beforeAll(async () => {
  harness = await startHostHarness();
});
afterAll(() => harness?.stop());

test('a valid request gets its answer, the request id it sent, and security headers', async () => {
  const response = await harness.post(
    `${thing}?size=2`,
    '{"name":"xy","__proto__":{"admin":true},"more":1}',
    {
      'x-request-id': 'trace-1',
    },
  );
  expect(await response.json()).toEqual({ said: `xy-2-${thing.slice(8)}`, by: 'ada' });
  expect(response.headers.get('x-request-id')).toBe('trace-1');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('x-powered-by')).toBeNull();
});

test('an expired token has an error code of its own', async () => {
  const response = await harness.post(thing, '{"name":"xy"}', {
    authorization: `Bearer ${harness.auth.token(user, -1_000)}`,
  });
  expect(await response.json()).toMatchObject({ status: 401, code: 'token_expired' });
});

test('a request whose handler hangs fails with a retryable timeout', async () => {
  const hasty = await harness.start({}, 100);
  const answer = await fetch(`${hasty.url}/failing/never`);
  expect(answer.status).toBe(504);
  expect(await answer.json()).toMatchObject({ code: 'timeout' });
  await hasty.stop();
});

test('server errors reveal no internals; an outage of a dependency says when to retry', async () => {
  const crash = await fetch(`${harness.host.url}/failing/crash`);
  expect(crash.status).toBe(500);
  expect(await crash.text()).not.toContain('secret');
  const outage = await fetch(`${harness.host.url}/failing/outage`);
  expect([outage.status, outage.headers.get('retry-after')]).toEqual([503, '1']);
  const later = await fetch(`${harness.host.url}/failing/later`);
  expect([
    later.status,
    later.headers.get('retry-after'),
    ((await later.json()) as Problem).retryAfterMs,
  ]).toEqual([429, '2', 1_500]);
});

test('a user over the rate limit is refused with Retry-After; other users are not affected', async () => {
  const limited = await harness.start({ API_RATE: { limit: 3, windowMs: 60_000 } });
  const call = (caller: typeof user) =>
    fetch(limited.url + thing, {
      method: 'POST',
      headers: { authorization: `Bearer ${harness.auth.token(caller)}`, 'content-type': 'application/json' },
      body: '{"name":"xy"}',
    });
  const answers = [await call(user), await call(user), await call(user), await call(user)];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(Number(answers[3]?.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(await answers[3]?.json()).toMatchObject({ limit: '3 per minute and user', setting: 'API_RATE' });
  expect((await call({ userId: newId(), username: 'bob' })).status).toBe(200);
  await limited.stop();
});

test('readiness names the failing check while liveness passes', async () => {
  harness.readiness.ready = false;
  const response = await fetch(`${harness.host.url}/readyz`);
  expect([response.status, await response.json()]).toEqual([
    503,
    { status: 'not ready', failing: ['directory.mood'] },
  ]);
  expect((await fetch(`${harness.host.url}/healthz`)).status).toBe(200);
  harness.readiness.ready = true;
  expect((await fetch(`${harness.host.url}/readyz`)).status).toBe(200);
});

test('asking for readiness again and again costs the dependencies one check in two seconds', async () => {
  const host = await harness.start();
  const before = harness.readiness.checks;
  for (let count = 0; count < 20; count++) expect((await fetch(`${host.url}/readyz`)).status).toBe(200);
  expect(harness.readiness.checks - before).toBeLessThan(10);
  harness.readiness.ready = false;
  await eventually(async () => expect((await fetch(`${host.url}/readyz`)).status).toBe(503), {
    intervalMs: 200,
  });
  harness.readiness.ready = true;
  expect((await fetch(`${host.url}/readyz`)).status).toBe(200);
  await host.stop();
});

test('requests for readiness at the same time share one check', async () => {
  const host = await harness.start();
  const before = harness.readiness.checks;
  await Promise.all(Array.from({ length: 100 }, () => fetch(`${host.url}/readyz`)));
  expect(harness.readiness.checks - before).toBeLessThan(10);
  await host.stop();
});

test('metrics have a port of their own, and may have an address of their own', async () => {
  const METRICS_PORT = await freePort();
  const own = `http://127.0.0.1:${METRICS_PORT}/metrics`;
  const outer = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  for (const metricsHost of [undefined, '127.0.0.1']) {
    const host = await harness.start({ HOST: '0.0.0.0', METRICS_PORT }, undefined, metricsHost);
    expect((await fetch(`${host.url.replace('0.0.0.0', '127.0.0.1')}/metrics`)).status).toBe(404);
    expect(await (await fetch(own)).text()).toContain('nodejs_eventloop_lag');
    if (outer) {
      const asked = fetch(own.replace('127.0.0.1', outer)).then(({ status }) => status);
      expect(await asked.catch(() => 'refused')).toBe(metricsHost ? 'refused' : 200);
    }
    await host.stop();
    await expect(fetch(own)).rejects.toThrow();
  }
});

test('a start whose port is taken does not leave its metrics behind', async () => {
  const METRICS_PORT = await freePort();
  const PORT = Number(new URL(harness.host.url).port);
  await expect(harness.start({ PORT, METRICS_PORT })).rejects.toThrow('another with PORT');
  await expect(fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).rejects.toThrow();
});

test('metrics at no port are not served', async () => {
  const host = await harness.start();
  for (const path of ['/metrics', '/METRICS', '/metrics/', '//metrics'])
    expect([path, (await fetch(host.url + path)).status]).toEqual([path, 404]);
  await host.stop();
});

test('forged tokens count against their address: then only verified ones are read', async () => {
  const limited = await harness.start({ API_RATE: { limit: 5, windowMs: 60_000 }, TRUST_PROXY: 1 });
  const call = async (token: string, address: string) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-forwarded-for': address,
    };
    const body = '{"name":"xy"}';
    return (await fetch(limited.url + thing, { method: 'POST', headers, body })).status;
  };
  const known = harness.auth.token(user);
  const forged = () => `${harness.auth.token(user).split('.').slice(0, 2).join('.')}.${'A'.repeat(86)}`;
  expect(await call(known, '192.0.2.1')).toBe(200);
  const statuses = [];
  for (let count = 0; count < 7; count++) statuses.push(await call(forged(), '192.0.2.1'));
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  expect(await call(known, '192.0.2.1')).toBe(200);
  // Unknown tokens of that address wait, even good ones. Other addresses do not.
  expect(await call(harness.auth.token({ ...user, userId: newId() }), '192.0.2.1')).toBe(429);
  expect(await call(harness.auth.token({ ...user, userId: newId() }), '192.0.2.2')).toBe(200);
  await limited.stop();
});

test('metrics contain request durations by route pattern and the event loop lag', async () => {
  await harness.post(thing, '{"name":"xy"}');
  const metrics = await (await fetch(harness.metricsUrl)).text();
  const labels = '{method="post",route="/things/:thingId",status="200"}';
  expect(metrics).toContain(`parley_http_request_duration_seconds_count${labels} `);
  expect(metrics).not.toContain(`parley_http_request_duration_seconds_count${labels} 0`);
  expect(metrics).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('/docs shows the API, and loads nothing from other origins', async () => {
  const address = `${harness.host.url}/docs`;
  const page = await (await fetch(address)).text();
  expect(page).toContain('swagger-ui');
  expect(page).not.toMatch(/https?:\/\//);
  for (const [, link = ''] of page.matchAll(/(?:src|href)="([^"]+)"/g))
    expect([link, (await fetch(new URL(link, address))).status]).toEqual([link, 200]);
  expect(await (await fetch(`${harness.host.url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
});

test('garbage on a connection gets a 400 and closes that connection alone', async () => {
  const socket = connect(Number(new URL(harness.host.url).port), '127.0.0.1');
  socket.end('this is not http\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  expect(answer).toContain('400 Bad Request');
  expect((await fetch(`${harness.host.url}/healthz`)).status).toBe(200);
});

test('a port in use is reported in one clear line', async () => {
  const { port } = new URL(harness.host.url);
  await expect(harness.start({ PORT: Number(port) })).rejects.toThrow(
    `127.0.0.1:${port} is taken by another program; choose another with PORT.`,
  );
});

test('stopping lets a request in flight finish', async () => {
  const stopping = await harness.start();
  const body = JSON.stringify({ name: 'xy' });
  const slow = request(stopping.url + thing, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${harness.auth.token(user)}`,
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
