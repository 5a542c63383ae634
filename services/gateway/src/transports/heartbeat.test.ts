import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Heartbeat } from './heartbeat.ts';

const pingEveryMs = 25_000;
/** The slowest reader reads this much between two pings. */
const slowlyRead = Buffer.alloc(100_000);

let server: WebSocketServer;
/** The test decides when pings are due, so the speed of the machine does not matter. */
const beat = (times = 1) => vi.advanceTimersByTime(times * pingEveryMs);
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  vi.useRealTimers();
});

async function connect({ autoPong = true, maxBytes = 1_000_000 } = {}) {
  const accepted = once(server, 'connection');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { autoPong });
  const [socket] = (await accepted) as [WebSocket];
  const closings: string[] = [];
  const metrics = { closing: (reason: string) => closings.push(reason), dropped: () => undefined };
  let now = 0;
  const outgoing = { maxBytes, pingEveryMs, clock: () => (now += 1), metrics };
  const heartbeat = new Heartbeat(socket, outgoing, pingEveryMs);
  await once(client, 'open');
  onTestFinished(() => client.terminate());
  const isOpen = () => socket.readyState === WebSocket.OPEN && closings.length === 0;
  return { client, socket, heartbeat, isOpen, closings };
}

test('a client that reads stays, and has confirmed what was sent before each ping', async () => {
  const { heartbeat, isOpen } = await connect();
  for (let pings = 1; pings <= 5; pings++) {
    beat();
    await eventually(() => expect(heartbeat.confirmedAt).toBe(pings));
  }
  expect(isOpen()).toBe(true);
});

test('a client that does not answer by the next ping is terminated', async () => {
  const { client, isOpen, closings } = await connect({ autoPong: false });
  const closed = once(client, 'close');
  beat();
  expect(isOpen()).toBe(true);
  beat();
  expect(isOpen()).toBe(false);
  await closed;
  expect(closings).toEqual(['heartbeat_lost']);
});

test('repeated and guessed pongs confirm nothing, and prolong the connection only once', async () => {
  const { client, socket, heartbeat, isOpen } = await connect({ autoPong: false });
  const pings: string[] = [];
  client.on('ping', (data) => pings.push(String(data)));
  beat();
  await eventually(() => expect(pings).toHaveLength(1));
  client.pong(pings[0]);
  await eventually(() => expect(heartbeat.confirmedAt).toBe(1));
  beat();
  let received = 0;
  socket.on('pong', () => {
    received += 1;
  });
  for (const guess of [pings[0], '', '2', String(Date.now())]) client.pong(guess);
  await eventually(() => expect(received).toBe(4));
  expect(heartbeat.confirmedAt).toBe(1);
  beat();
  expect(isOpen()).toBe(true);
  client.pong('more');
  await eventually(() => expect(received).toBe(5));
  beat();
  expect(isOpen()).toBe(false);
});

test('a client that has much to read gets the time to read it', async () => {
  const { client, socket, heartbeat, isOpen } = await connect();
  client.pause();
  for (let count = 0; count < 4; count++) socket.send(slowlyRead);
  beat();
  beat(4);
  expect(isOpen()).toBe(true);
  client.resume();
  await eventually(() => expect(heartbeat.confirmedAt).toBe(1));
  // The next ping does not wait for data that has been read.
  client.pause();
  beat(2);
  expect(isOpen()).toBe(false);
});

test('a client that reads nothing is terminated in bounded time, however much waits', async () => {
  const { client, socket, isOpen } = await connect({ maxBytes: 2 * slowlyRead.length });
  client.pause();
  for (let count = 0; count < 20; count++) socket.send(slowlyRead);
  beat();
  beat(2);
  expect(isOpen()).toBe(true);
  beat();
  expect(isOpen()).toBe(false);
});
