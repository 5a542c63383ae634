import { get } from 'node:http';
import type { RoomState } from '@parley/contracts';
import { eventually, startProcess } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  type Client,
  connected,
  type Gateway,
  type Json,
  metric,
  type Person,
  person,
  World,
  waitFor,
} from './gateway-harness.ts';
import { type LossyProxy, startLossyProxy } from './lossy-proxy.ts';
import { openPolling, type PollingClient, pollingPath } from './polling-client.ts';

const timeoutMs = 1_000;
const settings = { POLL_TIMEOUT: `${timeoutMs}ms`, PRESENCE_LEASE: '6s', PRESENCE_GRACE: '500ms' };
/**
 * Twice the timeout and the grace period on a busy machine. Heartbeats alone would take up to 45 s.
 */
const offlineWithinMs = 10_000;

let world: World;
let owner: Gateway;
let other: Gateway;
beforeAll(async () => {
  world = await World.start();
  [owner, other] = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(() => world.stop());

interface Scene {
  ada: Person;
  room: RoomState;
  /** Ada's socket.io-client polls through `proxy`; `owner` takes its handshake. */
  adas: Client;
  proxy: LossyProxy;
  /** The statuses of ada seen by bob. */
  seen: () => string[];
}

/** Sends everything after the handshake through that gateway. */
async function proxyBy(through: { url: string }, to = owner): Promise<LossyProxy> {
  const proxy = await startLossyProxy((kind) => (kind === 'handshake' ? to : through));
  onTestFinished(() => proxy.close());
  return proxy;
}

function pollingClient(url: string, who: Person): Client {
  const client = world.client(url, { transports: ['polling'], auth: { token: world.auth.token(who) } });
  onTestFinished(() => void client.socket.disconnect());
  return client;
}

async function setUp(through: { url: string }): Promise<Scene> {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(owner, bob, room);
  const proxy = await proxyBy(through);
  const adas = pollingClient(proxy.url, ada);
  await connected(adas.socket);
  const seen = () =>
    bobs
      .received('user_status')
      .flatMap(({ userId, status }: Json) => (userId === ada.userId ? [status] : []));
  await eventually(() => expect(seen()[0]).toBe('online'));
  return { ada, room, adas, proxy, seen };
}

/**
 * Loses an answer to a connected client. On a busy machine a client may poll too late and be gone
 * before; then another one comes.
 * @param send makes the client send something
 */
async function loseAnswer(
  kind: 'poll' | 'send',
  through: { url: string },
  send: (scene: Scene) => void,
): Promise<Scene> {
  for (;;) {
    const scene = await setUp(through);
    const { socket } = scene.adas;
    const gone = new Promise<boolean>((resolve) => socket.once('disconnect', () => resolve(false)));
    const lost = scene.proxy.loseAnswer(kind).then(() => true);
    send(scene);
    if (socket.connected && (await Promise.race([lost, gone]))) return scene;
  }
}

const wentOffline = ({ seen }: Scene) =>
  eventually(() => expect(seen()).toEqual(['online', 'offline']), { timeoutMs: offlineWithinMs });

describe.each([
  { way: 'at its own gateway', through: () => owner },
  { way: 'through another gateway', through: () => other },
])('a client that polls $way and cannot close its session is offline soon when', ({ through }) => {
  test('the answer to a poll is lost', async () => {
    const scene = await loseAnswer('poll', through(), ({ adas, room }) =>
      // The current poll is answered, and the answer to the next one is lost.
      adas.send('get_room_users', { roomId: room.id }),
    );
    await wentOffline(scene);
    expect(scene.adas.socket.connected).toBe(false);
  });

  test('the answer to a send is lost while its poll still waits', async () => {
    const scene = await loseAnswer('send', through(), ({ adas, room }) =>
      adas.send('typing', { roomId: room.id }),
    );
    await wentOffline(scene);
    expect(scene.adas.socket.connected).toBe(false);
  });

  test('its disconnect does not arrive', async () => {
    const scene = await setUp(through());
    scene.proxy.block();
    scene.adas.socket.disconnect();
    await wentOffline(scene);
  });
});

test('a session whose client never polls ends', async () => {
  const opened = await (await fetch(owner.url + pollingPath)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  await eventually(
    async () => {
      // Posts do not count as polls. This packet is empty.
      const posted = await fetch(`${owner.url}${pollingPath}&sid=${sid}`, { method: 'POST', body: '6' });
      expect(await posted.text()).toContain('Session ID unknown');
    },
    { timeoutMs: 5_000 },
  );
});

test('a client whose poll was forwarded by a gateway that is killed is offline soon', async () => {
  const doomed = await startProcess({
    entry: new URL('../src/main.ts', import.meta.url),
    env: world.settings({ ...settings, LOG_LEVEL: 'info' }),
  });
  try {
    const [, url = ''] = await doomed.waitForLine(/"url":"(http:[^"]+)"/);
    const scene = await setUp({ url });
    doomed.kill('SIGKILL');
    await doomed.exited;
    await wentOffline(scene);
  } finally {
    await doomed.ended();
  }
});

async function roomOfTwo(
  gateway: Gateway,
): Promise<{ client: PollingClient; send: (contents: string[]) => Promise<unknown> }> {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const speaker = await world.join(gateway, bob, room);
  const client = await openPolling(gateway, world.auth.token(ada));
  await client.ask('join_room', { roomId: room.id });
  const send = (contents: string[]) =>
    Promise.all(contents.map((content) => speaker.emit('send_message', { roomId: room.id, content })));
  return { client, send };
}

const longTexts = (count: number) => Array.from({ length: count }, () => 'x'.repeat(10_000));

test('a session ends at once when a long answer is cut off', async () => {
  const gateway = await world.gateway({ MAX_SEND_BUFFER: '67108864' });
  const { client, send } = await roomOfTwo(gateway);
  // More than the network buffers hold.
  for (let sent = 0; sent < 1_600; sent += 100) await send(longTexts(100));
  const before = await metric(gateway, 'gateway_connections');
  const poll = get(client.url, { agent: false }).on('error', () => undefined);
  await new Promise((answered) => poll.once('response', answered));
  poll.destroy();
  await eventually(async () => expect(await metric(gateway, 'gateway_connections')).toBe(before - 1), {
    timeoutMs: 5_000,
  });
});

/** Waits without an observable event. */
async function passes(ms: number): Promise<void> {
  const startedAt = performance.now();
  await eventually(() => expect(performance.now() - startedAt).toBeGreaterThan(ms));
}

test('a client that reads a long answer for longer than the timeout keeps its session', async () => {
  const { client, send } = await roomOfTwo(owner);
  // At 32 kbit/s these take 5 s.
  await send(longTexts(2));
  expect((await client.poll()).length).toBeGreaterThan(10_000);
  await passes(2.5 * timeoutMs);
  await send(['still there']);
  await eventually(async () => expect(await client.poll()).toContain('still there'));
});

test('a client on a slow network stays connected, idle or not', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const slow = await world.gateway({ ...settings, POLL_TIMEOUT: '2s' });
  const proxy = await proxyBy(other, slow);
  // Two of these pass between an answer and the next poll.
  proxy.delayMs = 600;
  const adas = pollingClient(proxy.url, ada);
  await connected(adas.socket);
  await adas.emit('join_room', { roomId: room.id });
  await passes(8_000);
  const bobs = await world.join(slow, bob, room);
  await bobs.emit('send_message', { roomId: room.id, content: 'still there' });
  await waitFor(adas, 'receive_message', 1);
  expect(adas.socket.connected).toBe(true);
});
