import type { RoomState } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, type Gateway, type Person, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  const settings = { SIGNAL_RATE: '5/10m', ROOM_SIGNAL_RATE: '3/10m' };
  [first, second] = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(() => world.stop());

async function setUp(): Promise<{ ada: Person; adas: Client; bobs: Client; room: RoomState }> {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  return { ada, room, adas: await world.connect(first, ada), bobs: await world.join(second, bob, room) };
}

test('entering and leaving over and over works each time, and is announced as often as allowed', async () => {
  const { adas, bobs, room } = await setUp();
  for (let attempt = 0; attempt < 8; attempt++) {
    await adas.emit('join_room', { roomId: room.id });
    await bobs.emit('send_message', { roomId: room.id, content: `${attempt}` });
    expect((await waitFor(adas, 'receive_message', attempt + 1)).at(-1)?.content).toBe(`${attempt}`);
    await adas.emit('leave_room', { roomId: room.id });
  }
  // The last departure happened before this message.
  await bobs.emit('send_message', { roomId: room.id, content: 'done' });
  for (const event of ['user_joined', 'user_left'] as const)
    expect(await waitFor(bobs, event, 5)).toHaveLength(5);
});

test('the tabs of a user who is in the room enter it unannounced', async () => {
  const { ada, bobs, room } = await setUp();
  for (let tab = 0; tab < 8; tab++) await world.join(first, ada, room);
  expect(await waitFor(bobs, 'user_joined', 1)).toHaveLength(1);
});

test('typing on and off is announced as often as allowed, and ends for the others', async () => {
  const { adas, bobs, room } = await setUp();
  await adas.emit('join_room', { roomId: room.id });
  for (let attempt = 0; attempt < 20; attempt++)
    for (const isTyping of [true, false]) await adas.emit('typing', { roomId: room.id, isTyping });
  await adas.emit('send_message', { roomId: room.id, content: 'done' });
  await waitFor(bobs, 'receive_message', 1);
  // One of five was the arrival.
  const expected = Array.from({ length: 4 }, () => [true, false]).flat();
  await eventually(() =>
    expect(bobs.received('user_typing').map(({ isTyping }) => isTyping)).toEqual(expected),
  );
});

test('a large room announces a sample of all its users, a very large one nobody', async () => {
  const people = Array.from({ length: 12 }, (_, index) => person(`member ${index}`));
  const bob = person('bob');
  const sizes = { small: 100, large: 101, huge: 1_001 };
  for (const [name, memberCount] of Object.entries(sizes)) {
    const room = await world.room([...people, bob], { memberCount });
    const bobs = await world.join(second, bob, room);
    const clients = [];
    for (const who of people) clients.push(await world.join(first, who, room));
    for (const client of clients) await client.emit('typing', { roomId: room.id });
    for (const client of clients) await client.emit('leave_room', { roomId: room.id });
    // Later than everything that is announced.
    await clients[0]?.emit('send_message', { roomId: room.id, content: 'done' });
    await waitFor(bobs, 'receive_message', 1);
    // In the large room, one of three was Bob's own arrival.
    const expected = { small: 24, large: 2, huge: 0 }[name] ?? 0;
    const starts = () =>
      bobs.received('user_joined').length +
      bobs.received('user_typing').filter(({ isTyping }) => isTyping).length;
    const ends = () =>
      bobs.received('user_left').length +
      bobs.received('user_typing').filter(({ isTyping }) => !isTyping).length;
    await eventually(() => expect([name, starts(), ends()]).toEqual([name, expected, expected]));
  }
});

test('connections of a user to several gateways share one budget', async () => {
  const [ada, bob, last] = [person('ada'), person('bob'), person('last')];
  const room = await world.room([ada, bob, last]);
  const bobs = await world.join(second, bob, room);
  const tabs = [await world.connect(first, ada), await world.connect(second, ada)];
  for (let attempt = 0; attempt < 4; attempt++)
    for (const tab of tabs) {
      await tab.emit('join_room', { roomId: room.id });
      for (const isTyping of [true, false]) await tab.emit('typing', { roomId: room.id, isTyping });
      await tab.emit('leave_room', { roomId: room.id });
    }
  // Earlier events of each gateway arrive before this one.
  for (const gateway of [first, second])
    await (await world.connect(gateway, last)).emit('typing', { roomId: room.id });
  const typingOf = ({ userId }: Person) =>
    bobs.received('user_typing').filter((typing) => typing.userId === userId);
  await eventually(() => expect(typingOf(last)).toHaveLength(2));
  const starts = typingOf(ada).filter(({ isTyping }) => isTyping);
  expect(bobs.received('user_joined').length + starts.length).toBe(5);
  expect(typingOf(ada)).toHaveLength(2 * starts.length);
});

test('typing that could not be announced in one tab does not stay on when another one ends', async () => {
  const { ada, adas, bobs, room } = await setUp();
  const tab = await world.connect(first, ada);
  for (let attempt = 0; attempt < 4; attempt++)
    for (const isTyping of [true, false]) await adas.emit('typing', { roomId: room.id, isTyping });
  for (const client of [adas, tab]) await client.emit('typing', { roomId: room.id });
  for (const client of [adas, tab]) await client.emit('typing', { roomId: room.id, isTyping: false });
  const expected = Array.from({ length: 5 }, () => [true, false]).flat();
  await eventually(() =>
    expect(bobs.received('user_typing').map(({ isTyping }) => isTyping)).toEqual(expected),
  );
});
