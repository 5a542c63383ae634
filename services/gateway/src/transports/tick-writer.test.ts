import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Packet } from '../connections/packet.ts';
import { writeFrame } from './tick-writer.ts';

let server: WebSocketServer;
let client: WebSocket;
let ours: WebSocket;
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [ours] = (await once(server, 'connection')) as [WebSocket];
});
afterAll(() => {
  client.terminate();
  server.close();
});

// The first and last length of every length encoding, and multi-byte characters.
const texts = [
  '',
  'x',
  ...[125, 126, 65_535, 65_536].map((length) => 'y'.repeat(length)),
  '€ 👍'.repeat(20_000),
];

test('frames of any length reach a client as their text, in order with the library’s own', async () => {
  const received: string[] = [];
  const all = new Promise<void>((resolve) => {
    client.on('message', (data) => received.push(String(data)) === texts.length * 2 && resolve());
  });
  for (const text of texts) {
    writeFrame(ours, new Packet(text, '4').frame);
    ours.send(text);
  }
  await all;
  expect(received).toEqual(texts.flatMap((text) => [`4${text}`, text]));
});

test('writing to a closed socket does nothing and does not throw', async () => {
  ours.close();
  writeFrame(ours, new Packet('too late').frame);
  await once(client, 'close');
  writeFrame(ours, new Packet('far too late').frame);
});
