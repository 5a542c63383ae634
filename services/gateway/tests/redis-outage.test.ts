import { startRedis } from '@parley/servers';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { type Client, hears, type Json, metric, type Person, person, World } from './gateway-harness.ts';

const seqs = (client: Client) => client.heard('receive_message').map(({ seq }: Json) => seq);

test('Redis killed and back: nobody is disconnected, sends are acknowledged throughout, and in the end everyone has heard everything', async () => {
  const redis = await startRedis();
  const world = await World.start();
  try {
    const settings = { REDIS_URL: redis.url, PRESENCE_LEASE: '3s', PRESENCE_GRACE: '500ms' };
    const [one, other] = [await world.gateway(settings), await world.gateway(settings)];
    const [ada, bob, eve, joe] = [person('ada'), person('bob'), person('eve'), person('joe')];
    const room = await world.room([ada, bob, eve, joe]);
    const [adas, bobs] = [await world.join(one, ada, room), await world.join(other, bob, room)];
    const send = (content: string) =>
      Promise.all([adas, bobs].map((client) => client.emit('send_message', { roomId: room.id, content })));
    const joes = await world.connect(other, joe);
    await hears(adas, 'user_status', 2);
    await send('before');
    redis.kill('SIGKILL');
    await redis.exited;
    await send('without');
    joes.socket.disconnect();
    const eves = await world.join(other, eve, room);
    const { users } = await adas.emit('get_room_users', { roomId: room.id });
    expect(users.find((user: Json) => user.userId === ada.userId)).toMatchObject({ isOnline: true });

    await redis.restart();
    // Nothing more is sent: what the other gateway could not be told is found all the same.
    for (const client of [adas, bobs]) {
      await hears(client, 'receive_message', 4, 15_000);
      expect(seqs(client)).toEqual([1, 2, 3, 4]);
    }
    await send('after');
    for (const client of [adas, bobs, eves])
      await eventually(() => expect(seqs(client).slice(-2)).toEqual([5, 6]));
    // Redis came back empty. Who came meanwhile is announced now; who went meanwhile, and who goes, is noticed.
    const told = (who: Person, status: string) => expect.objectContaining({ ...who, status });
    for (const expected of [told(eve, 'online'), told(joe, 'offline')]) {
      await eventually(() => expect(adas.heard('user_status')).toContainEqual(expected));
    }
    eves.socket.disconnect();
    await eventually(() => expect(adas.heard('user_status')).toContainEqual(told(eve, 'offline')));
    expect([adas, bobs].every((client) => client.socket.connected)).toBe(true);
  } finally {
    await world.stop();
    await redis.stop();
  }
});

test('Redis is restarted, too quickly for any command to fail, while the last person of a gateway is leaving: the others are told all the same', async () => {
  const redis = await startRedis();
  const world = await World.start();
  try {
    const settings = { REDIS_URL: redis.url, PRESENCE_LEASE: '6s', PRESENCE_GRACE: '2s' };
    const [one, other] = [await world.gateway(settings), await world.gateway(settings)];
    const [ada, joe] = [person('ada'), person('joe')];
    const adas = await world.join(one, ada, await world.room([ada, joe]));
    const joes = await world.connect(other, joe);
    const told = () =>
      adas
        .heard('user_status')
        .flatMap(({ userId, status }: Json) => (userId === joe.userId ? [status] : []));
    await eventually(() => expect(told()).toEqual(['online']));
    joes.socket.disconnect();
    await eventually(async () => expect(await metric(other, 'gateway_connections')).toBe(0));
    redis.kill('SIGKILL');
    await redis.exited;
    await redis.restart();
    await eventually(() => expect(told()).toEqual(['online', 'offline']));
  } finally {
    await world.stop();
    await redis.stop();
  }
});
