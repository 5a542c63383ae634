import { eventually, startStopwatch } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, hears, type Json, metric, person, World } from './gateway-harness.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const slowly = { DRAIN_WINDOW: '2s', SHUTDOWN_TIMEOUT: '5s' };
const gone = (client: Client) =>
  new Promise<number>((resolve) => client.socket.once('disconnect', () => resolve(performance.now())));

test('everybody is told at once, and sent away spread evenly over the window; nobody else is let in', async () => {
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
  await Promise.all(clients.map((client) => hears(client, 'server_draining', 1)));
  const toldAt = performance.now() - since;
  expect(clients[0]?.heard('server_draining')).toEqual([{ reconnectWithinMs: 2_000 }]);
  expect((await fetch(`${leaving.url}/readyz`)).status).toBe(503);
  const refused = world.client(leaving.url, { auth: { token: world.auth.token(person('late')) } });
  await new Promise((resolve) => refused.socket.once('connect_error', resolve));
  // As a failing network: socket.io-client would try again by itself.
  expect(refused.socket.active).toBe(true);
  const times = (await Promise.all(ends)).map((at) => at - since).sort((a, b) => a - b);
  // Each has its turn, a tenth of a second after the one before. A busy machine may be late; nobody goes too early.
  expect(times.filter((at, turn) => at < turn * 100 - 5)).toEqual([]);
  expect(toldAt).toBeLessThan(Math.max(...times));
  expect(clients.flatMap((client) => client.heard('error'))).toEqual([]);
  expect(new Set(codes)).toEqual(new Set([1012]));
  await stopping;
});

test('while it drains another gateway reads the partitions, and those still here hear everything', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  // On its own, so that it reads every partition.
  const alone = await World.start();
  const leaving = await alone.gateway({ DRAIN_WINDOW: '4s', SHUTDOWN_TIMEOUT: '8s' });
  const room = await alone.room([ada, bob]);
  // The first goes at once; of the two that stay for a while one listens.
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
  let said = 0;
  while (!over && said < 200) {
    await speaker.emit('send_message', { roomId: room.id, content: `${said}` });
    said += 1;
    const keys = Object.keys(await leaving.bus.depths()).filter((key) => key.includes('.gateway.'));
    if (keys.length === 0 && !over) readAfter = Math.min(readAfter, said);
  }
  await Promise.all(ends);
  await stopping;
  const late = listeners[1]?.heard('receive_message').map(({ seq }: Json) => seq) ?? [];
  expect(late).toEqual(late.map((_: number, index: number) => index + 1));
  // It read nothing itself any more, and its connection went on hearing.
  expect(late.length).toBeGreaterThan(readAfter);
  await hears(speaker, 'receive_message', said);
  await alone.stop();
});

test('what was sent before is answered before its connection is closed; what comes after is refused, to be tried again', async () => {
  const ada = person('ada');
  const leaving = await world.gateway({ DRAIN_WINDOW: '0s', SHUTDOWN_TIMEOUT: '5s' });
  const room = await world.room([ada]);
  const client = await world.connect(leaving, ada);
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.writer.proxy = async (changes, publish) => {
    if (changes[0]?.roomId === room.id) await released;
    await publish(changes);
  };
  const before = Array.from({ length: 5 }, (_, index) =>
    client.ask('send_message', { roomId: room.id, content: `${index}` }),
  );
  await eventually(async () => expect(await metric(leaving, 'gateway_submissions_pending')).toBe(5));
  const end = gone(client);
  const stopping = leaving.stop();
  await hears(client, 'server_draining', 1);
  const after = await client.ask('send_message', { roomId: room.id, content: 'too late' });
  expect(after).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
  release();
  expect((await Promise.all(before)).map(({ ok }: Json) => ok)).toEqual([true, true, true, true, true]);
  await end;
  await stopping;
  expect(world.writer.timeline(room.id)).toHaveLength(5);
});

test('a drain ends within its time, also when an answer never comes', async () => {
  const ada = person('ada');
  const leaving = await world.gateway({ DRAIN_WINDOW: '0s', SHUTDOWN_TIMEOUT: '1s' });
  const room = await world.room([ada]);
  const client = await world.connect(leaving, ada);
  let release: () => void = () => undefined;
  world.writer.proxy = (changes, publish) =>
    new Promise<void>((resolve) => {
      release = () => void publish(changes).then(resolve);
    });
  client.say('send_message', { roomId: room.id, content: 'never answered' });
  await eventually(async () => expect(await metric(leaving, 'gateway_submissions_pending')).toBe(1));
  const elapsedMs = startStopwatch();
  await leaving.stop();
  expect(elapsedMs()).toBeLessThan(4_000);
  release();
});
