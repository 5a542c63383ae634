import { eventually, startStopwatch } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connected, type Gateway, type Json, metric, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway({ SOCKET_EVENT_RATE: '20/m', MAX_EVENTS_IN_FLIGHT: '10' });
});
afterAll(() => world.stop());

const socketIo = (path: string) =>
  new WebSocket(`${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket${path}`);
const ended = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve));

test('ten times the rate closes that connection as flooding; the user’s others stay', async () => {
  const ada = person('ada');
  const [flooding, other] = [await world.connect(gateway, ada), await world.connect(gateway, ada)];
  // Every answer is an error. At five times the rate nothing else happens.
  for (let count = 0; count < 100; count++) flooding.send('typing', {});
  await waitFor(flooding, 'error', 100);
  expect(flooding.socket.connected).toBe(true);
  for (let count = 0; count < 150; count++) flooding.send('typing', {});
  await eventually(() => expect(flooding.socket.connected).toBe(false));
  expect(flooding.received('error').at(-1)).toMatchObject({
    code: 'flooding',
    retryable: true,
    retryAfterMs: 30_000,
  });
  expect(other.socket.connected).toBe(true);
  expect(await metric(gateway, 'gateway_closings_total')).toBe(1);
});

test('a flooding plain WebSocket is closed with the code, for frames and for pings', async () => {
  const kinds = [(socket: WebSocket) => socket.send('{}'), (socket: WebSocket) => socket.ping()];
  for (const flood of kinds) {
    const socket = new WebSocket(
      `${gateway.url.replace('http', 'ws')}/ws?token=${world.auth.token(person('ada'))}`,
    );
    const ending = ended(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    for (let count = 0; count < 250; count++) flood(socket);
    expect(await ending).toBe(4004);
  }
});

test('events beyond MAX_EVENTS_IN_FLIGHT are refused as retryable; others continue', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const [held, free] = [await world.room([ada]), await world.room([bob])];
  const [patient, other] = [await world.connect(gateway, ada), await world.connect(gateway, bob)];
  // The writer holds the replies for that room.
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.writer.transit = async (changes, publish) => {
    if (changes[0]?.roomId === held.id) await released;
    await publish(changes);
  };
  const answers = Array.from({ length: 15 }, (_, index) =>
    patient.ask('send_message', { roomId: held.id, content: `${index}` }),
  );
  const refused = await Promise.all(answers.slice(10));
  expect(refused).toMatchObject(
    Array.from({ length: 5 }, () => ({
      ok: false,
      error: { code: 'rate_limit', retryable: true, retryAfterMs: 1_000, setting: 'MAX_EVENTS_IN_FLIGHT' },
    })),
  );
  expect(await other.ask('get_room_users', { roomId: free.id })).toMatchObject({ ok: true });
  release();
  expect((await Promise.all(answers.slice(0, 10))).every(({ ok }: Json) => ok)).toBe(true);
  expect(await patient.ask('typing', { roomId: held.id })).toMatchObject({ ok: true });
});

test('a transport is closed at the fifth bad token', async () => {
  const socket = socketIo('');
  const ending = ended(socket);
  const refusals: string[] = [];
  socket.on('message', (raw) => {
    const packet = String(raw);
    if (packet.startsWith('44')) refusals.push(packet);
    if (packet.startsWith('0') || packet.startsWith('44')) socket.send('40{"token":"nonsense"}');
  });
  await ending;
  expect(refusals).toHaveLength(5);
});

test('a client that does not authenticate within ten seconds is terminated', async () => {
  const socket = socketIo('');
  const elapsedMs = startStopwatch();
  await ended(socket);
  expect(elapsedMs()).toBeLessThan(12_000);
});

test('a refused client leaves nothing behind', async () => {
  const before = await metric(gateway, 'gateway_connections');
  for (let count = 0; count < 20; count++) {
    await expect(
      connected(world.client(gateway.url, { auth: { token: 'nonsense' } }).socket),
    ).rejects.toThrow();
  }
  await eventually(async () => expect(await metric(gateway, 'gateway_connections')).toBe(before));
});
