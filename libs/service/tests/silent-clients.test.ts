import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pause } from '@parley/runtime/async';
import { startStopwatch } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeStalledClients } from '../src/stalled-clients.ts';
import { type HostHarness, startHostHarness } from './host-harness.ts';

/** More than the buffers of both operating systems take. */
const longAnswer = Buffer.alloc(16 * 1024 * 1024, 'x');

let harness: HostHarness;
const server = createServer((_request, response) => response.end(longAnswer));
beforeAll(async () => {
  harness = await startHostHarness();
  closeStalledClients(server, 3_000);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await harness?.stop();
});

const portOf = (url: string) => Number(new URL(url).port);
function open(port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write(text);
  return socket;
}
const closeOf = (socket: Socket) => new Promise<void>((closed) => socket.once('close', () => closed()));

test('a client that stops reading its answer is closed in time', async () => {
  const arrived = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = open((server.address() as AddressInfo).port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n').pause();
  await closeOf(await arrived);
  client.destroy();
});

test('a client that reads slowly, but reads, receives its whole answer', async () => {
  const client = open(
    (server.address() as AddressInfo).port,
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  let read = 0;
  for await (const chunk of client) {
    read += (chunk as Buffer).length;
    // Longer than the whole timeout over all pauses.
    if (read < 4 * 1024 * 1024) await pause(60);
  }
  expect(read).toBeGreaterThan(longAnswer.length);
});

test('a client that does not finish its request, whether its head or its body, is closed', async () => {
  const port = portOf(harness.host.url);
  const elapsedMs = startStopwatch();
  const trickle = open(port, 'GET /healthz HTTP/1.1\r\n');
  const trickling = setInterval(() => trickle.write('X-More: 1\r\n'), 1_000);
  const silent = open(port, '');
  const body = open(
    port,
    `POST /things/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
  );
  const dripping = setInterval(() => body.write(' '), 1_000);
  await Promise.all([trickle, silent, body].map((socket) => closeOf(socket.resume())));
  clearInterval(trickling);
  clearInterval(dripping);
  expect(elapsedMs()).toBeLessThan(60_000);
}, 90_000);
