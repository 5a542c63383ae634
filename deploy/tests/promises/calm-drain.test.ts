import { randomUUID } from 'node:crypto';
import { createClient, type ParleyClient, type Session } from '@parley/client';
import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnStackTarget, startStackTarget } from '../whole-stack/start-targets.ts';

const people = 30;
const speakers = 6;
/** Pause between two sends of one speaker. */
const paceMs = 100;
const windowMs = 3_000;
const shutdownMs = 10_000;

let target: OwnStackTarget;
beforeAll(async () => {
  const env = { DRAIN_WINDOW: `${windowMs}ms`, SHUTDOWN_TIMEOUT: `${shutdownMs}ms` };
  target = await startStackTarget(env, ['--messages', '1']);
});
afterAll(() => target?.stop());

interface Listener {
  client: ParleyClient;
  live: Session;
  received: number[];
  wentAt: number[];
}

async function register(number: number): Promise<ParleyClient> {
  const client = createClient({ url: target.url });
  const username = `person${number}-${randomUUID().slice(0, 8)}`;
  await client.register({ username, email: `${username}@example.org`, password: 'correct horse' });
  return client;
}

async function listen(client: ParleyClient, roomId: string): Promise<Listener> {
  const listener: Listener = { client, live: client.connect(), received: [], wentAt: [] };
  listener.live.on('message', ({ seq }) => listener.received.push(seq));
  listener.live.on('connection', ({ state }) => {
    if (state === 'offline') listener.wentAt.push(performance.now());
  });
  await listener.live.join(roomId);
  return listener;
}

test('promise 9: a gateway stopped under load spreads reconnects, and nothing fails or is lost', async () => {
  const clients: ParleyClient[] = [];
  for (let number = 0; number < people; number++) clients.push(await register(number));
  const ids = await Promise.all(clients.map(async (client) => (await client.me()).userId));
  const [first] = clients;
  if (!first) throw new Error('nobody');
  const room = await first.createRoom({ name: 'busy', members: ids.slice(1) });
  const listeners = await Promise.all(clients.map((client) => listen(client, room.id)));

  let over = false;
  const failures: unknown[] = [];
  const latencies: number[] = [];
  const acknowledged: number[] = [];
  const speak = async ({ live }: Listener) => {
    while (!over) {
      const since = performance.now();
      await live.send(room.id, randomUUID()).then(
        ({ seq }) => acknowledged.push(seq),
        (error: unknown) => failures.push(error),
      );
      latencies.push(performance.now() - since);
      await pause(paceMs);
    }
  };
  const speaking = listeners.slice(0, speakers).map(speak);
  await eventually(() => expect(acknowledged.length).toBeGreaterThan(50));
  const slowestBefore = Math.max(...latencies);

  const [pid = 0] = (await target.pids()).gateway ?? [];
  const signalledAt = performance.now();
  process.kill(pid, 'SIGTERM');
  // The gateway has stopped, and another has been started in its place.
  await eventually(
    async () => expect((await target.pids()).gateway?.filter((one) => one !== pid)).toHaveLength(2),
    { timeoutMs: 60_000 },
  );
  const stoppedAfterMs = performance.now() - signalledAt;
  await pause(10 * paceMs);
  over = true;
  await Promise.all(speaking);

  expect(failures).toEqual([]);
  const went = listeners.flatMap(({ wentAt }) => wentAt.map((at) => at - signalledAt)).sort((a, b) => a - b);
  const each = listeners.map(({ wentAt }) => wentAt.length);
  // About half were there. Each of them moved once, to the gateway that stays.
  expect(went.length).toBeGreaterThan(people / 4);
  expect(Math.max(...each)).toBe(1);
  // Each has its turn in the window. A busy machine may be late, but nobody leaves too early.
  expect(went.filter((at, turn) => at < (turn * windowMs) / went.length - 5)).toEqual([]);

  // It ended by itself, well before its time limit.
  expect(target.process.output()).toMatch(/^gateway-1 has ended \(exit code 0,/m);
  expect(stoppedAfterMs - Math.max(...went)).toBeLessThan(shutdownMs);

  const last = Math.max(...acknowledged);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  const expected = Array.from(
    { length: acknowledged.length },
    (_, index) => last - acknowledged.length + 1 + index,
  );
  for (const { received } of listeners) {
    await eventually(() => expect(received.length).toBeGreaterThanOrEqual(expected.length));
    expect(received).toEqual(expected);
  }
  // On the same machine, a send during the drain takes little longer than one before it.
  expect(Math.max(...latencies)).toBeLessThan(4_000 + 4 * slowestBefore);
  for (const { live } of listeners) live.close();
});
