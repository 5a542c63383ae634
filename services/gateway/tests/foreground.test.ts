import { ask } from '@parley/bus';
import { calls, type RoomState } from '@parley/contracts';
import { eventually, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Client,
  type Gateway,
  type Json,
  type Person,
  person,
  World,
  waitFor,
} from './gateway-harness.ts';

const inForeground = 2;
let world: World;
let first: Gateway;
let second: Gateway;
let redis: Redis;
beforeAll(async () => {
  world = await World.start();
  const settings = { PRESENCE_ROOMS: String(inForeground) };
  [first, second] = [await world.gateway(settings), await world.gateway(settings)];
  redis = new Redis(testServices().redisUrl);
});
afterAll(async () => {
  await world.stop();
  redis.disconnect();
});

/** The positions of the rooms that the user is in. */
const roomsOf = async ({ userId }: Person, rooms: readonly RoomState[]): Promise<number[]> => {
  const watches = rooms.map(({ id }) => ({ roomId: id, userId }));
  const { watching } = await ask(world.bus, calls.getWatchers, { watches });
  return rooms.flatMap(({ id }, index) => (watching.some(({ roomId }) => roomId === id) ? [index] : []));
};
const isIn = (who: Person, rooms: readonly RoomState[], expected: number[]) =>
  eventually(async () => expect(await roomsOf(who, rooms)).toEqual(expected));
const passages = (client: Client, { userId }: Person, { id }: RoomState) =>
  client.events.flatMap(({ event, data }: Json) =>
    (event === 'user_joined' || event === 'user_left') && data.userId === userId && data.roomId === id
      ? [event]
      : [],
  );

test('a connection is in the rooms that it joined or used last, and receives them all', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const rooms = [];
  for (let count = 0; count < 4; count++) rooms.push(await world.room([ada, bob]));
  const [one, two, three, four] = rooms as [RoomState, RoomState, RoomState, RoomState];
  const bobs = await world.join(second, bob, one);
  const adas = await world.join(first, ada, one);
  for (const { id } of [two, three]) await adas.emit('join_room', { roomId: id });
  await isIn(ada, rooms, [1, 2]);
  await eventually(() => expect(passages(bobs, ada, one)).toEqual(['user_joined', 'user_left']));

  await adas.emit('send_message', { roomId: one.id, content: 'back' });
  await isIn(ada, rooms, [0, 2]);
  await eventually(() =>
    expect(passages(bobs, ada, one)).toEqual(['user_joined', 'user_left', 'user_joined']),
  );
  // A room that the connection has not joined counts for nothing.
  await adas.emit('get_room_users', { roomId: four.id });
  await adas.emit('get_room_users', { roomId: two.id });
  await isIn(ada, rooms, [0, 1]);
  await adas.emit('leave_room', { roomId: two.id });
  await isIn(ada, rooms, [0, 2]);

  await adas.emit('get_room_users', { roomId: one.id });
  await adas.emit('join_room', { roomId: four.id });
  await isIn(ada, rooms, [0, 3]);
  await bobs.emit('send_message', { roomId: three.id, content: 'in the background' });
  expect(await waitFor(adas, 'receive_message', 2)).toMatchObject([{ roomId: one.id }, { roomId: three.id }]);
  adas.socket.disconnect();
  await isIn(ada, rooms, []);
});

test('a client that follows all rooms sees typing in the rooms that it joined, used or not', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const rooms = [];
  for (let count = 0; count < 3; count++) rooms.push(await world.room([ada, bob]));
  const adas = await world.connect(first, ada, { contract: 'groups' });
  for (const { id } of rooms) await adas.emit('join-group' as 'join_room', id);
  await isIn(ada, rooms, [1, 2]);
  const bobs = await world.join(second, bob, rooms[0] as RoomState);
  await bobs.emit('typing', { roomId: rooms[0]?.id });
  await eventually(() => expect(adas.events.map(({ event }) => event as string)).toContain('user-typing'));
});

test('the entries in Redis of a connection do not grow with the rooms that it has joined', async () => {
  const entries = async () => {
    const keys = await redis.keys(`{${world.namespace}:watching:presence:*}:held:*`);
    return (await Promise.all(keys.map((key) => redis.scard(key)))).reduce((sum, count) => sum + count, 0);
  };
  const before = await entries();
  const ada = person('ada');
  const adas = await world.connect(first, ada);
  for (let count = 0; count < 20; count++) {
    const { id } = await world.room([ada]);
    await adas.emit('join_room', { roomId: id });
  }
  await eventually(async () => expect(await entries()).toBe(before + inForeground));
});
