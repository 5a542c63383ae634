import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Gateway, hears, metric, person, World } from './gateway-harness.ts';
import { openPolling } from './polling-client.ts';

let world: World;
let owner: Gateway;
let other: Gateway;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  world = await World.start();
  owner = await world.gateway();
  other = await world.gateway({ MAX_FORWARDS: '3' });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => world.stop());

const unknownSession = { code: 1, message: 'Session ID unknown' };
const engineUrl = (gateway: { url: string }) => `${gateway.url}/socket.io/?EIO=4&transport=polling`;
const outcomes = async (gateway: Gateway) => {
  const found = await gateway.metrics.registry.getSingleMetric('parley_gateway_forwards_total')?.get();
  return Object.fromEntries((found?.values ?? []).map(({ labels, value }) => [`${labels.kind} ${labels.outcome}`, value]));
};

/** A WebSocket for a session, as the probe of an upgrade opens it. */
async function probe(gateway: { url: string }, sid: string): Promise<{ socket: WebSocket; heard: string[]; ended: Promise<number> }> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
  closing.push(() => socket.terminate());
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(String(data)));
  const ended = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, heard, ended };
}

/** Says the probe and completes the upgrade, as socket.io-client does; `poll` is the one that waits meanwhile. */
async function upgrade(gateway: { url: string }, sid: string, poll: () => Promise<string>) {
  const probed = await probe(gateway, sid);
  const waiting = poll();
  probed.socket.send('2probe');
  await eventually(() => expect(probed.heard).toContain('3probe'));
  await waiting;
  probed.socket.send('5');
  return probed;
}

describe('a session of another gateway', () => {
  test('is polled, spoken to and upgraded through any gateway', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await world.room([ada, bob]);
    const client = await openPolling(owner, world.auth.token(ada), { through: other });
    await client.ask('join_room', { roomId: room.id });
    const speaker = await world.join(owner, bob, room);
    await speaker.emit('send_message', { roomId: room.id, content: 'by polling' });
    await eventually(async () => expect(await client.poll()).toContain('by polling'));

    const { socket, heard } = await upgrade(other, client.sid, client.poll);
    await speaker.emit('send_message', { roomId: room.id, content: 'by WebSocket' });
    await eventually(() => expect(heard.join()).toContain('by WebSocket'));
    socket.send(`427["send_message",${JSON.stringify({ roomId: room.id, content: 'back' })}]`);
    await eventually(() => expect(heard.join()).toContain('437[{"ok":true'));
    await hears(speaker, 'receive_message', 3);
    expect(await outcomes(other)).toMatchObject({ 'poll done': expect.any(Number), 'send done': expect.any(Number) });
    expect(await metric(other, 'gateway_forwards_in_flight')).toBe(1);
    socket.close();
    await eventually(async () => expect(await outcomes(other)).toMatchObject({ 'upgrade done': 1 }));
    expect(await metric(other, 'gateway_forwards_in_flight')).toBe(0);
  });

  test('ends with its WebSocket, whichever side closes it, with the code that the owner gave', async () => {
    const ada = person('ada');
    const client = await openPolling(owner, world.auth.token({ ...ada, sessionId: 'to-be-revoked' }, 60_000), { through: other });
    const { socket } = await upgrade(other, client.sid, client.poll);
    const before = await metric(owner, 'gateway_connections');
    socket.close();
    await eventually(async () => expect(await metric(owner, 'gateway_connections')).toBe(before - 1));
  });
});
