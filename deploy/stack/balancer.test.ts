import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceName } from '@parley/contracts';
import { freePort } from '@parley/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, type Balancer, startBalancer } from './balancer.ts';

const backends = new Map<ServiceName, Backend[]>();
const servers: Server[] = [];
let balancer: Balancer;

beforeAll(async () => {
  balancer = await startBalancer({
    port: 0,
    backends: (service) => backends.get(service) ?? [],
    pages: { '/__stack': () => ({ here: true }) },
  });
});
afterAll(() => balancer.stop());
afterEach(() => {
  backends.clear();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function backend(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Backend & { server: Server }> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `http://127.0.0.1:${port}`, ready: true };
}
const named = (name: string) =>
  backend((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      response.end(
        JSON.stringify({ name, path: incoming.url, body, from: incoming.headers['x-forwarded-for'] }),
      );
    });
  });
const refusing = async (): Promise<Backend> => {
  const port = await freePort();
  return { port, url: `http://127.0.0.1:${port}`, ready: true };
};
const ask = async (path: string, init?: RequestInit) => {
  const response = await fetch(balancer.url + path, init);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Record<string, unknown>,
  };
};

describe('the balancer', () => {
  it('routes paths with and without the public path, and forwards them unchanged', async () => {
    const prefixed = await startBalancer({
      port: 0,
      publicPath: '/chat',
      backends: (service) => backends.get(service) ?? [],
      pages: {},
    });
    try {
      backends.set('auth', [await named('auth')]);
      for (const path of ['/chat/api/v1/auth/login', '/api/v1/auth/login']) {
        const response = await fetch(prefixed.url + path, { method: 'POST' });
        expect(await response.json()).toMatchObject({ name: 'auth', path });
      }
      backends.set('web', [await named('web')]);
      const other = await fetch(`${prefixed.url}/chatty/api/v1/auth/login`);
      expect(await other.json()).toMatchObject({ name: 'web' });
    } finally {
      await prefixed.stop();
    }
  });

  it('sends each whole path to the service that serves it, and unknown ones to the web client', async () => {
    backends.set('auth', [await named('auth')]);
    backends.set('messages', [await named('messages')]);
    expect((await ask('/api/v1/auth/login?x=1', { method: 'POST', body: 'hello' })).body).toMatchObject({
      name: 'auth',
      path: '/api/v1/auth/login?x=1',
      body: 'hello',
    });
    expect((await ask('/api/v1/sync', { method: 'POST' })).body).toMatchObject({ name: 'messages' });
    backends.set('web', [await named('web')]);
    expect((await ask('/nowhere')).body).toMatchObject({ name: 'web', path: '/nowhere' });
    expect((await ask('/__stack')).body).toEqual({ here: true });
  });

  it('sends the requests of a session to its gateway, or to another one while that is down', async () => {
    const named = (name: string) =>
      backend((incoming, response) => {
        if (!incoming.url?.includes('sid=')) response.setHeader('Parley-Gateway', name);
        response.end(JSON.stringify({ name }));
      });
    const [one, other] = [await named('one'), await named('other')];
    const names = async (path: string, times = 4) => {
      const found = [];
      for (let turn = 0; turn < times; turn++) found.push((await ask(path)).body.name);
      return found.sort();
    };
    backends.set('gateway', [one, other]);
    expect(await names('/socket.io/?EIO=4&sid=one.x')).toEqual(['one', 'one', 'other', 'other']);
    expect(await names('/socket.io/?EIO=4')).toEqual(['one', 'one', 'other', 'other']);
    expect(await names('/socket.io/?EIO=4&sid=one.x')).toEqual(['one', 'one', 'one', 'one']);
    expect(await names('/socket.io/?EIO=4&sid=unknown.x')).toEqual(['one', 'one', 'other', 'other']);
    backends.set('gateway', [{ ...one, ready: false }, other]);
    expect(await names('/socket.io/?EIO=4&sid=one.x', 2)).toEqual(['other', 'other']);
  });

  it('sends every request to the next gateway when affinity is off', async () => {
    backends.set('gateway', [await named('a'), await named('b')]);
    const strict = await startBalancer({
      port: 0,
      backends: (service) => backends.get(service) ?? [],
      pages: {},
      affinity: false,
    });
    const names = [];
    for (let turn = 0; turn < 4; turn++)
      names.push(await (await fetch(`${strict.url}/socket.io/?EIO=4&sid=a.x`)).json());
    expect(names.map((answer) => (answer as { name: string }).name)).toEqual(['a', 'b', 'a', 'b']);
    await strict.stop();
  });

  it('takes ready replicas in turn, and skips those that are not ready', async () => {
    backends.set('gateway', [await named('a'), { ...(await named('b')), ready: false }, await named('c')]);
    const names = [];
    for (let turn = 0; turn < 4; turn++) names.push((await ask('/healthz')).body.name);
    expect(names.sort()).toEqual(['a', 'a', 'c', 'c']);
  });

  it('retries on another replica, with the whole body, when the connection was refused', async () => {
    backends.set('auth', [await refusing(), await named('alive'), await refusing()]);
    const body = 'x'.repeat(200_000);
    for (let turn = 0; turn < 3; turn++)
      expect((await ask('/api/v1/auth/login', { method: 'POST', body })).body).toMatchObject({
        name: 'alive',
        body,
      });
  });

  it('answers 502 without a retry when a replica may have acted on the request', async () => {
    let seen = 0;
    const broken = () =>
      backend((incoming) => {
        seen += 1;
        incoming.socket.destroy();
      });
    backends.set('auth', [await broken(), await broken()]);
    expect(await ask('/api/v1/auth/login', { method: 'POST', body: 'x' })).toMatchObject({
      status: 502,
      body: { code: 'unavailable' },
    });
    expect(seen).toBe(1);
  });

  it('answers 503 with Retry-After while no replica accepts connections', async () => {
    backends.set('auth', [await refusing()]);
    for (const path of ['/api/v1/auth/login', '/api/v1/sync'])
      expect(await ask(path, { method: 'POST' })).toMatchObject({
        status: 503,
        type: 'application/problem+json',
        body: { code: 'unavailable' },
      });
  });

  it("replaces the client's own claim about its address", async () => {
    backends.set('gateway', [await named('a')]);
    expect((await ask('/healthz', { headers: { 'x-forwarded-for': '6.6.6.6' } })).body.from).toBe(
      '127.0.0.1',
    );
  });

  it('forwards upgrades, past a replica that is gone', async () => {
    const live = await backend((_request, response) => response.end());
    live.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.pipe(socket);
    });
    backends.set('gateway', [await refusing(), live]);
    for (let turn = 0; turn < 2; turn++) expect(await echo('/socket.io/?EIO=4')).toBe('ping');
    await expect(echo('/nowhere')).rejects.toThrow('404');
  });
});

/** Upgrades, and resolves with the `ping` that comes back. */
function echo(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(balancer.url + path, { headers: { connection: 'Upgrade', upgrade: 'websocket' } });
    asking.once('upgrade', (_response, socket) => {
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.write('ping');
    });
    asking.once('response', (response) => reject(new Error(String(response.statusCode))));
    asking.once('error', reject);
    asking.end();
  });
}
