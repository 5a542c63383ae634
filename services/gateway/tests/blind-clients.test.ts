import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { connected, type Gateway, metric, person, World } from './gateway-harness.ts';
import { openPolling } from './polling-client.ts';

const settings = { PING_INTERVAL: '500ms', POLL_TIMEOUT: '1s' };
/** Socket.IO gives a client 20 s to answer a ping, and once more if it sends something. */
const closedWithin = { timeoutMs: 60_000 };

let world: World;
let gateway: Gateway;
let other: Gateway;
beforeAll(async () => {
  world = await World.start();
  [gateway, other] = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(() => world.stop());

const connections = () => metric(gateway, 'gateway_connections');

function open(through: Gateway, path: string, options?: ClientOptions): WebSocket {
  const socket = new WebSocket(through.url.replace('http', 'ws') + path, options);
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  return socket;
}

const receives = (socket: WebSocket, start: string) =>
  new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      if (String(data).startsWith(start)) resolve();
    });
  });

/** Reads nothing from now on, and sends what a client that reads would send. */
function goBlind(socket: WebSocket, answer?: string): void {
  socket.pause();
  const answering = setInterval(() => {
    if (answer !== undefined) socket.send(answer);
    // The payload of the gateways' last release.
    socket.pong(String(Date.now() - 1));
  }, 200);
  onTestFinished(() => clearInterval(answering));
}

const token = (name: string) => world.auth.token(person(name));
const socketPath = '/socket.io/?EIO=4&transport=websocket';

async function blindSocketIo(name: string): Promise<void> {
  const socket = open(gateway, socketPath);
  await receives(socket, '0{');
  socket.send(`40${JSON.stringify({ token: token(name) })}`);
  await receives(socket, '40{');
  goBlind(socket, '3');
}

/** Connects by polling, and goes on with a WebSocket through that gateway. */
async function blindUpgrade(name: string, through: Gateway): Promise<void> {
  const { sid } = await openPolling(gateway, token(name));
  const socket = open(through, `${socketPath}&sid=${sid}`);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('2probe');
  await receives(socket, '3probe');
  socket.send('5');
  goBlind(socket, '3');
}

async function blindPlain(name: string): Promise<void> {
  const socket = open(gateway, '/', { headers: { authorization: `Bearer ${token(name)}` } });
  await new Promise((resolve) => socket.once('open', resolve));
  goBlind(socket);
}

test('clients that answer pings blindly and read nothing are closed; those that read stay', async () => {
  const honest = [
    world.client(gateway.url, { auth: { token: token('web socket') } }),
    world.client(gateway.url, { auth: { token: token('upgrade') }, transports: ['polling', 'websocket'] }),
    world.client(gateway.url, { auth: { token: token('polling') }, transports: ['polling'] }),
  ];
  await Promise.all(honest.map(({ socket }) => connected(socket)));
  await blindSocketIo('blind');
  await blindUpgrade('blind upgrade', gateway);
  await blindUpgrade('blind upgrade elsewhere', other);
  await blindPlain('blind and plain');
  expect(await connections()).toBe(honest.length + 4);
  await eventually(async () => expect(await connections()).toBe(honest.length), closedWithin);
  expect(honest.map(({ socket }) => socket.connected)).toEqual([true, true, true]);
  expect(await metric(gateway, 'gateway_closings_total')).toBe(4);
}, 90_000);

test('a polling client that answers pings blindly and never polls is closed', async () => {
  const before = await connections();
  const client = await openPolling(gateway, token('blind poller'));
  expect(await connections()).toBe(before + 1);
  await eventually(
    async () => {
      const answer = await client.send('3');
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('Session ID')]);
    },
    { timeoutMs: 10_000, intervalMs: 200 },
  );
  expect(await connections()).toBe(before);
});
