import { connectCommands, RedisPublisher, roomKey, statusKey, statusKeys, userKey } from '@parley/backplane';
import { createLogger } from '@parley/runtime';
import { eventually, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, type Gateway, type Json, type Person, person, World } from './gateway-harness.ts';

const maxAudience = 3;
const settings = {
  PRESENCE_LEASE: '3s',
  PRESENCE_GRACE: '300ms',
  PRESENCE_AUDIENCE: String(maxAudience),
};
let world: World;
let first: Gateway;
let second: Gateway;
let redis: Redis;
let subscriber: Redis;
/** Messages on the channels, as their senders wrote them. */
const published: { channel: string; text: string }[] = [];
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(settings), await world.gateway(settings)];
  redis = new Redis(testServices().redisUrl);
  subscriber = new Redis(testServices().redisUrl);
  subscriber.on('smessage', (channel: string, text: string) => published.push({ channel, text }));
  await subscriber.ssubscribe(everywhere(), ...statusKeys.map((key) => `${everywhere()}${key}#`));
});
afterAll(async () => {
  await world.stop();
  redis.disconnect();
  subscriber.disconnect();
});

/** The channel to which every gateway subscribes. */
const everywhere = () => `${world.namespace}#/#`;
const registry = (part: 'leases' | 'peers') => `{${world.namespace}:gateways}:${part}`;

const about = ({ userId }: Person) => published.filter(({ text }) => text.includes(`"userId":"${userId}"`));
const statuses = (client: Client, of: Person) =>
  client
    .received('user_status')
    .flatMap(({ userId, status }: Json) => (userId === of.userId ? [status] : []));
const seesOnce = (client: Client, of: Person, expected: string[]) =>
  eventually(() => expect(statuses(client, of)).toEqual(expected));
/** The gateways have registered, and know of each other that no other release runs. */
const knowEachOther = () =>
  eventually(async () => {
    const guest = person('guest');
    const guests = await world.connect(first, guest);
    world.contacts.set(guest.userId, [guest.userId]);
    guests.socket.disconnect();
    await eventually(() => expect(about(guest).length).toBeGreaterThan(0));
    expect(about(guest).filter(({ channel }) => channel === everywhere())).toEqual([]);
  });

test('a status is one message on the channel of its user, with a bounded audience', async () => {
  await knowEachOther();
  const [ada, bob] = [person('ada'), person('bob')];
  const rooms = [];
  for (let count = 0; count < maxAudience + 2; count++) rooms.push(await world.room([ada, bob]));
  const knowing = Array.from({ length: maxAudience + 2 }, (_, index) => person(`knows ${index}`));
  world.contacts.set(
    ada.userId,
    knowing.map(({ userId }) => userId),
  );
  const bobs = await world.connect(second, bob);
  const adas = await world.connect(first, ada);
  await seesOnce(bobs, ada, ['online']);
  adas.socket.disconnect();
  await seesOnce(bobs, ada, ['online', 'offline']);
  const messages = about(ada);
  expect(messages.map(({ channel }) => channel)).toEqual(
    Array(2).fill(`${everywhere()}${statusKey(ada.userId)}#`),
  );
  for (const { text } of messages) {
    const { data } = JSON.parse(text);
    const [, message] = data.packet.data;
    expect([data.opts.rooms.length, message.rooms.length, message.users.length]).toEqual([
      1,
      maxAudience,
      maxAudience,
    ]);
  }
});

test('gateways of the last release see statuses, and theirs are seen, once each', async () => {
  await knowEachOther();
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  const room = await world.room([ada, bob, eve]);
  const bobs = await world.connect(second, bob);
  // The registration of a gateway of the last release.
  await redis.hset(registry('peers'), 'old', JSON.stringify({ host: '127.0.0.1', port: 9, secret: 'x' }));
  await redis.zadd(registry('leases'), Date.now() + 600_000, 'old');
  const inBoth = await eventually(async () => {
    const guest = person('guest');
    world.contacts.set(guest.userId, [bob.userId]);
    await world.connect(first, guest);
    await seesOnce(bobs, guest, ['online']);
    const channels = about(guest).map(({ channel }) => channel);
    expect(channels).toContain(everywhere());
    return channels;
  });
  expect(inBoth).toHaveLength(2);

  const logger = createLogger({ service: 'test', level: 'silent' });
  const old = new RedisPublisher({
    redis: connectCommands(testServices().redisUrl, logger),
    namespace: world.namespace,
    lost: () => undefined,
    logger,
  });
  const status = {
    event: 'user_status' as const,
    data: { ...eve, status: 'online' as const, timestamp: new Date().toISOString() },
    exceptUser: eve.userId,
    toMembers: true,
  };
  const keys = [userKey(eve.userId), roomKey(room.id)];
  await eventually(async () => expect(await old.publish(keys, status)).toBe(true));
  await old.close();
  await seesOnce(bobs, eve, ['online']);

  await redis.zrem(registry('leases'), 'old');
  await redis.hdel(registry('peers'), 'old');
  await knowEachOther();
});

test('in a large room, those who joined it receive counts, and only contacts a status', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  const room = await world.room([ada, bob, eve], { memberCount: 101 });
  world.contacts.set(ada.userId, [eve.userId]);
  const bobs = await world.join(second, bob, room);
  const eves = await world.connect(first, eve);
  const counts = () => bobs.received('room_presence').map(({ online }) => online);
  await eventually(() => expect(counts().at(-1)).toBe(2));
  const adas = await world.connect(first, ada);
  await seesOnce(eves, ada, ['online']);
  await eventually(() => expect(counts().at(-1)).toBe(3));
  const later = await world.join(first, bob, room);
  await eventually(() => expect(later.received('room_presence').at(-1)?.online).toBe(4));
  later.socket.disconnect();
  adas.socket.disconnect();
  await seesOnce(eves, ada, ['online', 'offline']);
  await eventually(() => expect(counts().at(-1)).toBe(2));
  expect([statuses(bobs, ada), eves.received('room_presence')]).toEqual([[], []]);
  // Once per change, and so at most once per period.
  expect(counts().every((online, index) => online !== counts()[index - 1])).toBe(true);
});
