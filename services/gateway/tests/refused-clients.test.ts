import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connected, type Gateway, person, World } from './gateway-harness.ts';

/** This package has no types. */
const ioOfVersion2 = createRequire(import.meta.url)('socket.io-client-2') as typeof io;

let world: World;
let gateway: Gateway;
const sockets: Socket[] = [];
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(() => world.stop());

/** The first error event that a client emits when it cannot connect. */
function shown(connect: typeof io, url: string, options: object): Promise<{ event: string; text: string }> {
  const socket = connect(url, {
    forceNew: true,
    auth: { token: world.auth.token(person('ada')) },
    ...options,
  });
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    const show = (event: string) => (error: Error | string) =>
      resolve({ event, text: error instanceof Error ? error.message : error });
    for (const event of ['connect_error', 'error'])
      (socket as unknown as NodeJS.EventEmitter).on(event, show(event));
    socket.on('connect', () => reject(new Error('connected')));
  });
}

const choices = [undefined, ['polling'], ['websocket']];

describe('socket.io-client 2 (Engine.IO 3)', () => {
  test.each(choices)('learns which version to use, with transports %j', async (transports) => {
    const { event, text } = await shown(ioOfVersion2, gateway.url, { ...(transports && { transports }) });
    expect([event, text]).toEqual(['error', expect.stringContaining('use socket.io-client 3 or later')]);
  });

  test('shows nothing but that, because it does not poll again', async () => {
    const errors: string[] = [];
    const socket = ioOfVersion2(gateway.url, { forceNew: true, reconnection: false });
    sockets.push(socket);
    (socket as unknown as NodeJS.EventEmitter).on('error', (error) => errors.push(String(error)));
    await new Promise((resolve) => socket.once('disconnect', resolve));
    expect(errors).toEqual([expect.stringContaining('use socket.io-client 3 or later')]);
  });

  test('learns so in other namespaces too, and without a handshake', async () => {
    const { text } = await shown(ioOfVersion2, `${gateway.url}/notifications`, {});
    expect(text).toContain('use socket.io-client 3 or later');
    const response = await fetch(`${gateway.url}/socket.io/?EIO=3&transport=polling&sid=some`);
    expect([response.status, await response.json()]).toEqual([400, { code: 5, message: text }]);
  });
});

test.each([
  ['', 5, 'This server speaks Engine.IO 4 only: use socket.io-client 3 or later.'],
  ['?EIO=4', 0, 'The parameter transport must be polling or websocket.'],
  ['?EIO=4&transport=carrier-pigeon', 0, 'The parameter transport must be polling or websocket.'],
])('a request for /socket.io/%s learns what is missing', async (query, code, message) => {
  const response = await fetch(`${gateway.url}/socket.io/${query}`);
  expect([response.status, await response.json()]).toEqual([400, { code, message }]);
});

test('a refused client cannot make the gateway buffer a long frame', async () => {
  const wire = connect(Number(new URL(gateway.url).port), '127.0.0.1').on('error', () => undefined);
  const key = `${'A'.repeat(22)}==`;
  wire.write(
    [
      'GET /socket.io/?EIO=3&transport=websocket HTTP/1.1',
      'Host: gateway',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
      '\r\n',
    ].join('\r\n'),
  );
  await once(wire, 'data');
  const closed = new Promise((resolve) => wire.once('close', resolve));
  const chunk = Buffer.alloc(65_536);
  // The head of a masked 64 MiB frame; the test sends as much of it as the gateway reads.
  wire.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]));
  const send = () => {
    while (!wire.destroyed && wire.bytesWritten < 64 * 1024 * 1024)
      if (!wire.write(chunk)) return void wire.once('drain', send);
  };
  send();
  await closed;
  // This includes what the operating system buffers.
  expect(wire.bytesWritten).toBeLessThan(16 * 1024 * 1024);
});

describe('a transport that SOCKET_TRANSPORTS disables', () => {
  test.each([
    ['polling', 'websocket', undefined],
    ['polling', 'websocket', ['polling']],
    ['websocket', 'polling', ['websocket']],
  ])(
    '%s is refused with the setting and the transport to use: %s (client: %j)',
    async (disabled, enabled, transports) => {
      const strict = await world.gateway({ SOCKET_TRANSPORTS: enabled });
      const { event, text } = await shown(io, strict.url, { ...(transports && { transports }) });
      expect(event).toBe('connect_error');
      expect(text).toBe(
        `The transport ${disabled} is disabled by SOCKET_TRANSPORTS of this server: use ${enabled}.`,
      );
      // The refusal is permanent, so socket.io-client does not retry.
      expect(sockets.at(-1)?.active).toBe(false);
      const response = await fetch(`${strict.url}/socket.io/?EIO=4&transport=${disabled}&sid=some`);
      expect([response.status, await response.json()]).toEqual([400, { code: 0, message: text }]);
      const { socket } = world.client(strict.url, {
        transports: [enabled],
        auth: { token: world.auth.token(person('ada')) },
      });
      await connected(socket);
    },
  );

  test.each(['socket.io-client-3.1', 'socket.io-client-4.0', 'socket.io-client'])(
    '%s with default options shows that refusal and no other error',
    async (name) => {
      const strict = await world.gateway({ SOCKET_TRANSPORTS: 'websocket' });
      const { io: connect } = createRequire(import.meta.url)(name) as { io: typeof io };
      const socket = connect(strict.url, { forceNew: true, reconnection: false });
      sockets.push(socket);
      const errors: string[] = [];
      socket.on('connect_error', ({ message }) => errors.push(message));
      await new Promise((resolve) => socket.io.on('close', resolve));
      expect(errors).toEqual([
        'The transport polling is disabled by SOCKET_TRANSPORTS of this server: use websocket.',
      ]);
    },
  );

  test('polling only offers no upgrade', async () => {
    const strict = await world.gateway({ SOCKET_TRANSPORTS: 'polling' });
    const opened = await (await fetch(`${strict.url}/socket.io/?EIO=4&transport=polling`)).text();
    expect(JSON.parse(opened.slice(1))).toMatchObject({ upgrades: [] });
  });
});

test.each([
  'socket.io.js',
  'socket.io.min.js',
  'socket.io.esm.min.js',
  'socket.io.js.map',
  'socket.io.msgpack.min.js',
])('the browser client is served: %s', async (file) => {
  const response = await fetch(`${gateway.url}/socket.io/${file}`, {
    headers: { Origin: 'https://elsewhere.example' },
  });
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  expect(response.headers.get('content-type')).toContain(file.endsWith('.map') ? 'json' : 'javascript');
  expect((await response.text()).length).toBeGreaterThan(20_000);
});
