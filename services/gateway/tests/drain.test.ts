import { eventually, startStopwatch } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, type Json, metric, person, World, waitFor } from './gateway-harness.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const slowly = { DRAIN_WINDOW: '2s', SHUTDOWN_TIMEOUT: '5s' };
const gone = (client: Client) =>
  new Promise<number>((resolve) => client.socket.once('disconnect', () => resolve(performance.now())));

test('all clients are warned at once and closed evenly over the window; new ones are refused', async () => {
  const leaving = await world.gateway(slowly);
  const clients: Client[] = [];
  for (let count = 0; count < 20; count++)
    clients.push(await world.connect(leaving, person(`person-${count}`)));
  const ends = clients.map(gone);
  const codes: number[] = [];
  for (const { socket } of clients)
    socket.once('disconnect', (_reason, details) => codes.push((details as Json).context.code));
  const since = performance.now();
  const stopping = leaving.stop();
  await Promise.all(clients.map((client) => waitFor(client, 'server_draining', 1)));
  const warnedAt = performance.now() - since;
  expect(clients[0]?.received('server_draining')).toEqual([{ reconnectWithinMs: 2_000 }]);
  expect((await fetch(`${leaving.url}/readyz`)).status).toBe(503);
  const refused = world.client(leaving.url, { auth: { token: world.auth.token(person('late')) } });
  await new Promise((resolve) => refused.socket.once('connect_error', resolve));
  // Like a network error, so socket.io-client retries by itself.
  expect(refused.socket.active).toBe(true);
  const times = (await Promise.all(ends)).map((at) => at - since).sort((a, b) => a - b);
  // Each closes a tenth of a second after the previous one. A busy machine may be late, never
  // early.
  expect(times.filter((at, turn) => at < turn * 100 - 5)).toEqual([]);
  expect(warnedAt).toBeLessThan(Math.max(...times));
  expect(clients.flatMap((client) => client.received('error'))).toEqual([]);
  expect(new Set(codes)).toEqual(new Set([1012]));
  await stopping;
});

test('during a drain another gateway takes over the partitions, and clients miss nothing', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  // A single gateway, so that it consumes every partition.
  const alone = await World.start();
  const leaving = await alone.gateway({ DRAIN_WINDOW: '4s', SHUTDOWN_TIMEOUT: '8s' });
  const room = await alone.room([ada, bob]);
  // The first listener is closed at once; the second stays for half the window.
  const listeners = [await alone.join(leaving, bob, room), await alone.join(leaving, bob, room)];
  const next = await alone.gateway();
  const speaker = await alone.join(next, ada, room);
  const ends = listeners.map(gone);
  expect(Object.keys(await leaving.bus.depths()).filter((key) => key.includes('.gateway.'))).not.toEqual([]);
  const stopping = leaving.stop();
  let over = false;
  void Promise.race(ends.slice(1)).then(() => {
    over = true;
  });
  let readAfter = Number.POSITIVE_INFINITY;
  let sent = 0;
  while (!over && sent < 200) {
    await speaker.emit('send_message', { roomId: room.id, content: `${sent}` });
    sent += 1;
    const keys = Object.keys(await leaving.bus.depths()).filter((key) => key.includes('.gateway.'));
    if (keys.length === 0 && !over) readAfter = Math.min(readAfter, sent);
  }
  await Promise.all(ends);
  await stopping;
  const late = listeners[1]?.received('receive_message').map(({ seq }: Json) => seq) ?? [];
  expect(late).toEqual(late.map((_: number, index: number) => index + 1));
  // The gateway no longer consumed, and its connection still received.
  expect(late.length).toBeGreaterThan(readAfter);
  await waitFor(speaker, 'receive_message', sent);
  await alone.stop();
});

test('events in flight are answered before their connection closes; later ones are retryable', async () => {
  const ada = person('ada');
  const leaving = await world.gateway({ DRAIN_WINDOW: '0s', SHUTDOWN_TIMEOUT: '5s' });
  const room = await world.room([ada]);
  const client = await world.connect(leaving, ada);
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.writer.transit = async (changes, publish) => {
    if (changes[0]?.roomId === room.id) await released;
    await publish(changes);
  };
  const before = Array.from({ length: 5 }, (_, index) =>
    client.ask('send_message', { roomId: room.id, content: `${index}` }),
  );
  await eventually(async () => expect(await metric(leaving, 'gateway_submissions_pending')).toBe(5));
  const end = gone(client);
  const stopping = leaving.stop();
  await waitFor(client, 'server_draining', 1);
  const after = await client.ask('send_message', { roomId: room.id, content: 'too late' });
  expect(after).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
  release();
  expect((await Promise.all(before)).map(({ ok }: Json) => ok)).toEqual([true, true, true, true, true]);
  await end;
  await stopping;
  expect(world.writer.timeline(room.id)).toHaveLength(5);
});

test('a drain ends in time even if a reply never comes', async () => {
  const ada = person('ada');
  const leaving = await world.gateway({ DRAIN_WINDOW: '0s', SHUTDOWN_TIMEOUT: '1s' });
  const room = await world.room([ada]);
  const client = await world.connect(leaving, ada);
  let release: () => void = () => undefined;
  world.writer.transit = (changes, publish) =>
    new Promise<void>((resolve) => {
      release = () => void publish(changes).then(resolve);
    });
  client.send('send_message', { roomId: room.id, content: 'never answered' });
  await eventually(async () => expect(await metric(leaving, 'gateway_submissions_pending')).toBe(1));
  const elapsedMs = startStopwatch();
  await leaving.stop();
  expect(elapsedMs()).toBeLessThan(4_000);
  release();
});
