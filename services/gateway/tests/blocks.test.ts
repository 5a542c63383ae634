import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, type Gateway, type Json, type Person, person, World } from './gateway-harness.ts';

const settings = { PRESENCE_LEASE: '3s', PRESENCE_GRACE: '500ms' };
let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(() => world.stop());

const presenceEvents = ['user_status', 'user_joined', 'user_left', 'user_typing'];
const seen = (client: Client, of: Person) =>
  client.events.flatMap(({ event, data }) =>
    presenceEvents.includes(event) && data.userId === of.userId ? [event] : [],
  );
const onlineIn = async (client: Client, roomId: string) =>
  (await client.emit('get_room_users', { roomId })).users
    .filter(({ isOnline }: Json) => isOnline)
    .map(({ username }: Json) => username)
    .sort();

test('a block hides presence, passages and typing in shared rooms, both ways, until it ends', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  const room = await world.room([ada, bob, eve]);
  const eves = await world.join(second, eve, room);
  const bobs = await world.join(second, bob, room);
  await world.block(ada, bob);
  // Ada's events reach eve, and would have reached bob before.
  const adas = await world.join(first, ada, room);
  await adas.emit('typing', { roomId: room.id, isTyping: true });
  const phone = await world.connect(first, bob);
  await phone.emit('join_room', { roomId: room.id });
  await phone.emit('typing', { roomId: room.id, isTyping: true });
  await eventually(() => {
    expect(seen(eves, ada)).toEqual(expect.arrayContaining(['user_status', 'user_joined', 'user_typing']));
    expect(seen(eves, bob)).toContain('user_typing');
  });
  expect(await onlineIn(bobs, room.id)).toEqual(['bob', 'eve']);
  expect(await onlineIn(adas, room.id)).toEqual(['ada', 'eve']);
  expect(await onlineIn(eves, room.id)).toEqual(['ada', 'bob', 'eve']);
  adas.socket.disconnect();
  await eventually(() => expect(seen(eves, ada).filter((event) => event === 'user_status')).toHaveLength(2));
  expect(seen(bobs, ada)).toEqual([]);
  expect(seen(adas, bob)).toEqual([]);

  await world.block(ada, bob, false);
  const back = await world.join(first, ada, room);
  await eventually(() =>
    expect(seen(bobs, ada)).toEqual(expect.arrayContaining(['user_status', 'user_joined'])),
  );
  expect(await onlineIn(back, room.id)).toEqual(['ada', 'bob', 'eve']);
});
