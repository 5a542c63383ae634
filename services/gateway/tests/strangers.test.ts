import { connect, type Socket } from 'node:net';
import { eventually, startStopwatch } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { newSessionId } from '../src/transports/forwarding/session-id.ts';
import { type Gateway, metric, person, World } from './gateway-harness.ts';
import { openPolling, pollingPath } from './polling-client.ts';

let world: World;
let owner: Gateway;
const sockets: Socket[] = [];
beforeAll(async () => {
  world = await World.start();
  owner = await world.gateway();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => world.stop());

/** Opens a session without authenticating. */
async function handshake(gateway: Gateway): Promise<string> {
  const opened = await (await fetch(gateway.url + pollingPath)).text();
  return (JSON.parse(opened.slice(1)) as { sid: string }).sid;
}

/** Asks for a WebSocket, and neither closes the connection nor answers a close frame. */
function stubbornUpgrade(gateway: Gateway, query: string): Socket {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  sockets.push(socket.on('error', () => undefined).resume());
  socket.write(
    [
      `GET /socket.io/?EIO=4&transport=websocket${query} HTTP/1.1`,
      'Host: gateway',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${'A'.repeat(22)}==`,
      '\r\n',
    ].join('\r\n'),
  );
  return socket;
}

/** Resolves when the other side has closed the socket, and not only its own half. */
async function isGone(socket: Socket): Promise<void> {
  await eventually(() => {
    // A closed socket answers with a reset.
    if (!socket.destroyed) socket.write('x');
    expect(socket.destroyed).toBe(true);
  });
}

test('clients without a token take at most half of MAX_FORWARDS', async () => {
  const bounded = await world.gateway({ MAX_FORWARDS: '4' });
  const member = await openPolling(owner, world.auth.token(person('ada')), { through: bounded });
  const asStranger = async () => `${bounded.url}${pollingPath}&sid=${await handshake(owner)}`;
  const strangers = [fetch(await asStranger()), fetch(await asStranger())];
  await eventually(async () => expect(await metric(bounded, 'gateway_forwards_in_flight')).toBe(2));
  expect((await fetch(await asStranger())).status).toBe(503);
  // The other half serves sessions that have authenticated.
  const poll = member.poll();
  await eventually(async () => expect(await metric(bounded, 'gateway_forwards_in_flight')).toBe(3));
  expect((await member.send('40/notifications,{}')).status).toBe(200);
  expect(await poll).toContain('40/notifications');
  await Promise.all(strangers);
});

test('a refused WebSocket leaves no connection behind, whichever gateway refuses it', async () => {
  const other = await world.gateway();
  const [gatewayId = ''] = (await handshake(owner)).split('.');
  for (const gateway of [owner, other])
    await isGone(stubbornUpgrade(gateway, `&sid=${newSessionId(gatewayId)}`));
});

test('a WebSocket that never authenticates is terminated, even if it ignores the close', async () => {
  const other = await world.gateway();
  const elapsedMs = startStopwatch();
  const attempts = [
    stubbornUpgrade(owner, ''),
    stubbornUpgrade(owner, `&sid=${await handshake(owner)}`),
    stubbornUpgrade(other, `&sid=${await handshake(owner)}`),
  ];
  await Promise.all(attempts.map((socket) => new Promise((ended) => socket.once('end', ended))));
  expect(elapsedMs()).toBeLessThan(20_000);
  await eventually(async () => expect(await metric(other, 'gateway_forwards_in_flight')).toBe(0));
}, 30_000);

test('connections requested at once keep to MAX_CONNECTIONS_PER_USER, and a burst is closed', async () => {
  const strict = await world.gateway({ MAX_CONNECTIONS_PER_USER: '2' });
  const socket = new WebSocket(`${strict.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  let connected = 0;
  socket.on('message', (packet) => {
    if (String(packet).startsWith('40{')) connected += 1;
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const connectPacket = `40${JSON.stringify({ token: world.auth.token(person('ada')) })}`;
  for (let count = 0; count < 100; count++) socket.send(connectPacket);
  await closed;
  expect(connected).toBeLessThanOrEqual(2);
});
