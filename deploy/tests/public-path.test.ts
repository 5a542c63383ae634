import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { startProxy } from './client/proxy.ts';
import { ChatUser, type Json } from './whole-stack/chat-user.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from './whole-stack/start-targets.ts';

const prefix = '/chat';
const cases = [
  { title: 'a proxy strips the prefix', strips: true, env: {} },
  {
    title: 'a proxy leaves the prefix (PUBLIC_PATH=/chat)',
    strips: false,
    env: { PUBLIC_PATH: `${prefix}/` },
  },
];

describe.each(cases)('$title', ({ strips, env }) => {
  let target: EmbeddedTarget;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  beforeAll(async () => {
    target = await startEmbeddedTarget({ env: { ...env, CORS_ORIGINS: 'https://chat.example' } });
    proxy = await startProxy(new URL(target.url).origin, { prefix, strips });
  });
  afterAll(async () => {
    proxy?.close();
    await target?.stop();
  });
  const text = async (url: string | URL) => (await fetch(url)).text();

  test('the start prints the address with its path', () => {
    expect(new URL(target.url).pathname).toBe(strips ? '/' : prefix);
  });

  test('REST works, and Link headers lead to the next page', async () => {
    const ada = await ChatUser.register(proxy.url, 'ada');
    for (let index = 0; index < 3; index++)
      await ada.must('POST', '/api/v1/rooms', { name: `Room ${index}` });
    expect((await ada.must('GET', '/api/v1/rooms?mine=true&limit=2')).rooms).toHaveLength(2);
    const { conversation_id: conversation } = await ada.must('POST', '/conversations', {
      name: 'All',
      is_group: true,
      participant_ids: [],
    });
    for (let index = 0; index < 3; index++)
      await ada.must('POST', '/messages', { conversation_id: conversation, content: `${index}` });
    const headers = { authorization: `Bearer ${ada.token}` };
    const first = await fetch(`${proxy.url}/messages/conversation/${conversation}?limit=2`, { headers });
    const [, next = ''] = /<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
    const rest = await fetch(new URL(next, first.url), { headers });
    expect([rest.status, ((await rest.json()) as Json[]).map(({ content }) => content)]).toEqual([
      200,
      expect.any(Array),
    ]);
  });

  test('the documents, their links, and the servers they name are under the prefix', async () => {
    const page = await text(`${proxy.url}/docs`);
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, link = '']) => new URL(link, `${proxy.url}/docs`),
    );
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect([link.href, (await fetch(link)).status]).toEqual([link.href, 200]);
    const [, document = ''] = /url: '([^']+)'/.exec(await text(`${proxy.url}/docs/start.js`)) ?? [];
    const openApi = new URL(document, `${proxy.url}/docs`);
    const { servers } = JSON.parse(await text(openApi)) as { servers: { url: string }[] };
    expect(servers.map(({ url }) => new URL(url, openApi).href)).toEqual([`${proxy.url}/`]);
    const slash = await fetch(`${proxy.url}/docs/`);
    expect([slash.url, slash.status]).toEqual([`${proxy.url}/docs`, 200]);
    const { asyncapi, servers: sockets } = JSON.parse(await text(`${proxy.url}/asyncapi.json`)) as Json;
    expect(asyncapi).toBe('3.0.0');
    if (!strips) expect(sockets.socketIo.pathname).toBe(`${prefix}/socket.io/`);
  });

  test('the web client loads its files under the prefix, at every depth of its addresses', async () => {
    for (const path of ['/', '/inbox', '/invite/token', '/settings/profile/', '/no/such/page']) {
      const response = await fetch(proxy.url + path, { headers: { accept: 'text/html' } });
      const html = await response.text();
      const [, base = ''] = /<base href="([^"]+)">/.exec(html) ?? [];
      const links = [...html.matchAll(/(?:src|href)="(\.\/assets\/[^"]+)"/g)].map(
        ([, link = '']) => new URL(link, new URL(base, response.url)),
      );
      expect([path, response.status, links.length > 2]).toEqual([
        path,
        path.startsWith('/no/') ? 404 : 200,
        true,
      ]);
      for (const link of links) {
        expect(link.href).toContain(`${proxy.url}/assets/`);
        const file = await fetch(link);
        expect([link.href, file.status, file.headers.get('cache-control')]).toEqual([
          link.href,
          200,
          'public, max-age=31536000, immutable',
        ]);
      }
    }
  });

  // Only the proxy could redirect from a prefix that it strips.
  const ifKept = strips ? () => undefined : test;
  ifKept('the address without a slash at the end leads to the page under the prefix', async () => {
    const bare = await fetch(`${proxy.url}?x=1`);
    expect([bare.url, bare.status]).toEqual([`${proxy.url}/?x=1`, 200]);
    for (const [, link = ''] of (await bare.text()).matchAll(/(?:src|href)="([^"]+)"/g))
      expect([link, (await fetch(new URL(link, bare.url))).status]).toEqual([link, 200]);
  });

  test('the client is served to pages of any origin, and not again while it is the same', async () => {
    for (const [name, type] of [
      ['parley-client.js', 'text/javascript; charset=utf-8'],
      ['parley-client.d.ts', 'text/plain; charset=utf-8'],
    ]) {
      const first = await fetch(`${proxy.url}/sdk/${name}`, { headers: { origin: 'https://else.example' } });
      expect(await first.text()).toContain('createClient');
      expect(Object.fromEntries(first.headers)).toMatchObject({
        'content-type': type,
        'access-control-allow-origin': '*',
        'cache-control': 'public, no-cache',
      });
      const tag = first.headers.get('etag') ?? '';
      // As browsers ask; `fetch` in Node would add `no-cache`.
      const headers = { 'if-none-match': tag, 'cache-control': 'max-age=0' };
      const again = await fetch(`${proxy.url}/sdk/${name}`, { headers });
      expect([first.status, again.status, await again.text()]).toEqual([200, 304, '']);
    }
    expect((await fetch(`${proxy.url}/sdk/nothing.js`)).status).toBe(404);
  });

  test.each([[['polling', 'websocket']], [['websocket']]])(
    'Socket.IO works by %j at <prefix>/socket.io',
    async (transports) => {
      const ada = await ChatUser.register(proxy.url, 'ada');
      const room = await ada.must('POST', '/api/v1/rooms', { name: 'Under a prefix' });
      const options = { path: `${prefix}/socket.io`, auth: { token: ada.token }, forceNew: true };
      const socket = io(new URL(proxy.url).origin, { ...options, transports });
      try {
        expect(await socket.timeout(15_000).emitWithAck('join_room', { roomId: room.id })).toMatchObject({
          ok: true,
        });
        const received = new Promise<Json>((resolve) => socket.once('receive_message', resolve));
        await socket.timeout(15_000).emitWithAck('send_message', { roomId: room.id, content: 'hello' });
        expect(await received).toMatchObject({ content: 'hello' });
        if (transports.includes('polling'))
          await vi.waitFor(() => expect(socket.io.engine.transport.name).toBe('websocket'), 10_000);
      } finally {
        socket.disconnect();
      }
    },
  );

  test('the browser client is served, and plain WebSockets connect at the prefix and at /ws', async () => {
    expect((await fetch(`${proxy.url}/socket.io/socket.io.js`)).status).toBe(200);
    const ada = await ChatUser.register(proxy.url, 'ada');
    for (const path of ['', '/', '/ws', `/?session=${randomUUID()}`]) {
      const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}${path}`, {
        headers: { authorization: `Bearer ${ada.token}` },
      });
      const answer = new Promise<Json>((resolve, reject) => {
        socket.once('message', (data) => resolve(JSON.parse(String(data))));
        socket.once('error', reject);
      });
      await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
      socket.send(JSON.stringify({ event: 'get_room_users', data: { roomId: randomUUID() }, id: 7 }));
      expect([path, await answer]).toMatchObject([
        path,
        { id: 7, ok: false, error: { code: 'room_not_found' } },
      ]);
      socket.close();
    }
  });

  test('probes need no prefix, and the proxy serves nothing outside it', async () => {
    const { origin } = new URL(target.url);
    for (const path of ['/healthz', '/readyz']) {
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 200]);
      expect([path, (await fetch(proxy.url + path)).status]).toEqual([path, 200]);
    }
    expect((await fetch(`${proxy.url}ty/healthz`)).status).toBe(404);
    if (!strips) expect((await fetch(`${origin}${prefix}ty/healthz`)).status).toBe(404);
  });
});
