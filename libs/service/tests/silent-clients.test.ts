import { readdir, readlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually, startStopwatch } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { closeStalledClients } from '../src/stalled-clients.ts';
import { type HostHarness, startHostHarness } from './host-harness.ts';

const MiB = 1024 * 1024;
/** Several times what the buffers of both operating systems take. */
const longAnswer = Buffer.alloc(64 * MiB, 'x');

let harness: HostHarness;
beforeAll(async () => {
  harness = await startHostHarness();
});
afterAll(() => harness?.stop());

const portOf = (url: string) => Number(new URL(url).port);
function open(port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write(text);
  return socket;
}
const closeOf = (socket: Socket) => new Promise<void>((closed) => socket.once('close', () => closed()));

describe('while an answer waits for its client', () => {
  const server = createServer((_request, response) => response.end(longAnswer));
  const afterMs = 600;
  /** The test decides when the server checks, so the speed of the machine does not matter. */
  const check = () => vi.advanceTimersByTime(afterMs / 3);
  const get = () =>
    open((server.address() as AddressInfo).port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    closeStalledClients(server, afterMs);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(async () => {
    await new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    });
    vi.useRealTimers();
  });

  test('a client that stops reading its answer is closed', async () => {
    const arrived = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const client = get().pause();
    const socket = await arrived;
    await eventually(() => {
      check();
      expect(socket.destroyed).toBe(true);
    });
    client.destroy();
  });

  test('a client that reads slowly, but reads, receives its whole answer', async () => {
    // The operating system accepts more only once a large part of its buffers is free, so three
    // checks must be further apart than these buffers are long.
    const readBetweenChecks = 8 * MiB;
    let read = 0;
    let checks = 0;
    for await (const chunk of get()) {
      read += (chunk as Buffer).length;
      for (; checks < Math.floor(read / readBetweenChecks); checks++) check();
    }
    expect(read).toBeGreaterThan(longAnswer.length);
  });
});

test('clients that request files and leave without reading leave no file open', async () => {
  const port = portOf(harness.host.url);
  const requests = 'GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20);
  const clients = Array.from({ length: 5 }, () => open(port, requests));
  await Promise.all(clients.map((client) => new Promise((resolve) => client.once('readable', resolve))));
  for (const client of clients) client.destroy();
  const openFiles = async () => {
    const links = (await readdir('/proc/self/fd')).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).catch(() => ''),
    );
    return (await Promise.all(links)).filter((path) => path.includes('swagger-ui'));
  };
  await eventually(async () => expect(await openFiles()).toEqual([]));
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
