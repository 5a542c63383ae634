import { startRedis } from '@parley/servers';
import { eventually } from '@parley/testkit';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { newGatewayId, newSessionId } from '../src/transports/forwarding/session-id.ts';
import { person, World } from './gateway-harness.ts';
import { openPolling, pollingPath } from './polling-client.ts';

test('without Redis, gateways forward to known peers and answer 503 for unknown ones', async () => {
  const redis = await startRedis();
  const world = await World.start({ redisUrl: redis.url });
  try {
    const settings = { PRESENCE_LEASE: '3s' };
    const [owner, other] = [await world.gateway(settings), await world.gateway(settings)];
    const client = await openPolling(owner, world.auth.token(person('ada')), { through: other });
    redis.kill('SIGKILL');
    await redis.exited;
    await client.ask('get_room_users', {});
    const unknown = `${other.url}${pollingPath}&sid=${newSessionId(newGatewayId())}`;
    const refused = await fetch(unknown);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);

    await redis.restart();
    // Redis came back empty, so each gateway registers again.
    await eventually(async () => expect((await fetch(unknown)).status).toBe(400), { timeoutMs: 10_000 });
    const third = await world.gateway(settings);
    await eventually(
      async () => await openPolling(owner, world.auth.token(person('bob')), { through: third }),
      { timeoutMs: 10_000 },
    );
    await client.ask('get_room_users', {});
  } finally {
    await world.stop();
    await redis.stop();
  }
}, 60_000);

test('when Redis comes back empty, peers stay known until they have registered again', async () => {
  const redis = await startRedis();
  const world = await World.start({ redisUrl: redis.url });
  try {
    // With this lease the gateway does not register again during the test.
    const settings = { PRESENCE_LEASE: '600s' };
    const owner = await world.gateway(settings);
    const other = await world.gateway({ ...settings, PRESENCE_LEASE: '3s' });
    const client = await openPolling(owner, world.auth.token(person('ada')), { through: other });
    redis.kill('SIGKILL');
    await redis.exited;
    await redis.restart();
    const registered = new Redis(redis.url);
    await eventually(
      async () => expect(await registered.hlen(`{${world.namespace}:gateways}:peers`)).toBe(1),
      { timeoutMs: 10_000 },
    );
    registered.disconnect();
    // An empty packet.
    expect((await client.send('6')).status).toBe(200);
  } finally {
    await world.stop();
    await redis.stop();
  }
}, 60_000);

test('peers forget a stopped gateway at once, and know a new one as soon as it listens', async () => {
  const world = await World.start();
  try {
    const [owner, other] = [
      await world.gateway({ PRESENCE_LEASE: '60s' }),
      await world.gateway({ PRESENCE_LEASE: '60s' }),
    ];
    const client = await openPolling(owner, world.auth.token(person('ada')), { through: other });
    await owner.stop();
    const polled = await fetch(client.url);
    expect([polled.status, await polled.json()]).toEqual([400, { code: 1, message: 'Session ID unknown' }]);
    const next = await world.gateway({ PRESENCE_LEASE: '60s' });
    await openPolling(next, world.auth.token(person('bob')), { through: other });
  } finally {
    await world.stop();
  }
});
