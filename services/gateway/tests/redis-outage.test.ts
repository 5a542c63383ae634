import { startRedis } from '@parley/servers';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { type Client, type Json, metric, type Person, person, World, waitFor } from './gateway-harness.ts';

const seqs = (client: Client) => client.received('receive_message').map(({ seq }: Json) => seq);

test('Redis killed and back: two gateways keep delivering, and none is missed', async () => {
  const redis = await startRedis();
  const world = await World.start({ redisUrl: redis.url });
  try {
    const settings = { PRESENCE_LEASE: '3s', PRESENCE_GRACE: '500ms' };
    const [one, other] = [await world.gateway(settings), await world.gateway(settings)];
    const [ada, bob, eve, joe] = [person('ada'), person('bob'), person('eve'), person('joe')];
    const room = await world.room([ada, bob, eve, joe]);
    const [adas, bobs] = [await world.join(one, ada, room), await world.join(other, bob, room)];
    const send = (content: string) =>
      Promise.all([adas, bobs].map((client) => client.emit('send_message', { roomId: room.id, content })));
    const joes = await world.connect(other, joe);
    await waitFor(adas, 'user_status', 2);
    await send('before');
    redis.kill('SIGKILL');
    await redis.exited;
    await send('without');
    for (const client of [adas, bobs]) {
      await waitFor(client, 'receive_message', 4, 15_000);
      expect(seqs(client)).toEqual([1, 2, 3, 4]);
    }
    joes.socket.disconnect();
    const eves = await world.join(other, eve, room);
    await eves.emit('typing', { roomId: room.id });
    await waitFor(bobs, 'user_typing', 1);
    const { users } = await adas.emit('get_room_users', { roomId: room.id });
    expect(users.find((user: Json) => user.userId === ada.userId)).toMatchObject({ isOnline: true });

    await redis.restart();
    await send('after');
    for (const client of [adas, bobs, eves])
      await eventually(() => expect(seqs(client).slice(-2)).toEqual([5, 6]));
    // Redis came back empty. Arrivals and departures during the outage are announced, and so are
    // later ones.
    const statusOf = (who: Person, status: string) => expect.objectContaining({ ...who, status });
    for (const expected of [statusOf(eve, 'online'), statusOf(joe, 'offline')]) {
      await eventually(() => expect(adas.received('user_status')).toContainEqual(expected));
    }
    eves.socket.disconnect();
    await eventually(() => expect(adas.received('user_status')).toContainEqual(statusOf(eve, 'offline')));
    expect([adas, bobs].every((client) => client.socket.connected)).toBe(true);
  } finally {
    await world.stop();
    await redis.stop();
  }
});

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'Redis ended by %s and back: a single gateway keeps delivering, and none is missed',
  async (signal) => {
    const redis = await startRedis();
    const world = await World.start({ redisUrl: redis.url });
    try {
      const gateway = await world.gateway();
      const [ada, bob] = [person('ada'), person('bob')];
      const room = await world.room([ada, bob]);
      const [adas, bobs] = [await world.join(gateway, ada, room), await world.join(gateway, bob, room)];
      const send = (content: string) => adas.emit('send_message', { roomId: room.id, content });
      await send('before');
      redis.kill(signal);
      if (signal === 'SIGKILL') await redis.exited;
      await send('without');
      for (const client of [adas, bobs])
        await eventually(() => expect(seqs(client)).toEqual([1, 2]), { timeoutMs: 15_000 });
      if (signal === 'SIGKILL') await redis.restart();
      else redis.kill('SIGCONT');
      await send('after');
      for (const client of [adas, bobs]) await eventually(() => expect(seqs(client)).toEqual([1, 2, 3]));
      expect([adas, bobs].every((client) => client.socket.connected)).toBe(true);
    } finally {
      redis.kill('SIGCONT');
      await world.stop();
      await redis.stop();
    }
  },
);

test('after a restart of Redis that no command notices, departures are still announced', async () => {
  const redis = await startRedis();
  const world = await World.start({ redisUrl: redis.url });
  try {
    const settings = { PRESENCE_LEASE: '6s', PRESENCE_GRACE: '2s' };
    const [one, other] = [await world.gateway(settings), await world.gateway(settings)];
    const [ada, joe] = [person('ada'), person('joe')];
    const adas = await world.join(one, ada, await world.room([ada, joe]));
    const joes = await world.connect(other, joe);
    const statuses = () =>
      adas
        .received('user_status')
        .flatMap(({ userId, status }: Json) => (userId === joe.userId ? [status] : []));
    await eventually(() => expect(statuses()).toEqual(['online']));
    joes.socket.disconnect();
    await eventually(async () => expect(await metric(other, 'gateway_connections')).toBe(0));
    redis.kill('SIGKILL');
    await redis.exited;
    await redis.restart();
    await eventually(() => expect(statuses()).toEqual(['online', 'offline']));
  } finally {
    await world.stop();
    await redis.stop();
  }
});
