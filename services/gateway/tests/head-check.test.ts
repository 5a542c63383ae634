import { eventually } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { unchanged } from './fake-writer.ts';
import { type Client, type Gateway, type Json, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let gateways: [Gateway, Gateway];
beforeAll(async () => {
  world = await World.start();
  const settings = { HEAD_CHECK: '400ms' };
  gateways = [await world.gateway(settings), await world.gateway(settings)];
});
afterEach(() => {
  world.writer.transit = unchanged;
  world.writer.away = false;
});
afterAll(() => world.stop());

const contents = (client: Client, roomId: string) =>
  client
    .received('receive_message')
    .flatMap((message: Json) => (message.roomId === roomId ? [message.content] : []));
/** Waits for two rounds of both gateways. */
const rounds = async () => {
  const asked = world.writer.askedHeads.length;
  await eventually(() => expect(world.writer.askedHeads.length).toBeGreaterThan(asked + 4));
};

test('a lost last change of a quiet room reaches everyone', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const clients = [
    await world.join(gateways[0], ada, room),
    await world.join(gateways[1], bob, room),
  ] as const;
  world.writer.transit = async () => undefined;
  await clients[0].emit('send_message', { roomId: room.id, content: 'the last word' });
  for (const client of clients)
    expect(await waitFor(client, 'receive_message', 1)).toMatchObject([{ content: 'the last word', seq: 1 }]);
  await rounds();
  for (const client of clients) expect(contents(client, room.id)).toEqual(['the last word']);
});

test('a lost last change of a quiet direct room reaches both users', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob], { kind: 'direct', name: null });
  const [adas, bobs] = [await world.connect(gateways[0], ada), await world.connect(gateways[1], bob)];
  await adas.emit('send_message', { roomId: room.id, content: 'one' });
  await waitFor(bobs, 'receive_message', 1);
  world.writer.transit = async () => undefined;
  await adas.emit('send_message', { roomId: room.id, content: 'two' });
  await waitFor(bobs, 'receive_message', 2);
  expect(contents(bobs, room.id)).toEqual(['one', 'two']);
});

test('messages of a direct room that a user has joined arrive once, also after head checks', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob], { kind: 'direct', name: null });
  const [adas, bobs] = [await world.connect(gateways[0], ada), await world.join(gateways[1], bob, room)];
  await adas.emit('send_message', { roomId: room.id, content: 'zero' });
  await rounds();
  for (const content of ['one', 'two']) await adas.emit('send_message', { roomId: room.id, content });
  await waitFor(bobs, 'receive_message', 3);
  await rounds();
  expect(contents(bobs, room.id)).toEqual(['zero', 'one', 'two']);
});

test('a lost first change of a followed room arrives, and no earlier ones', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const adas = await world.connect(gateways[0], ada);
  await adas.emit('send_message', { roomId: room.id, content: 'before' });
  const bobs = await world.connect(gateways[1], bob);
  await bobs.emit('join_rooms', {});
  await rounds();
  world.writer.transit = async () => undefined;
  await adas.emit('send_message', { roomId: room.id, content: 'lost' });
  await waitFor(bobs, 'receive_message', 1);
  expect(contents(bobs, room.id)).toEqual(['lost']);
});

test('one question covers many rooms, and is repeated until the service answers', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const rooms = await Promise.all(Array.from({ length: 20 }, () => world.room([ada, bob])));
  const bobs = await world.connect(gateways[1], bob);
  for (const room of rooms) await bobs.emit('join_room', { roomId: room.id });
  const adas = await world.connect(gateways[0], ada);
  world.writer.away = true;
  world.writer.transit = async () => undefined;
  for (const room of rooms) await adas.emit('send_message', { roomId: room.id, content: 'later' });
  await rounds();
  expect(bobs.received('receive_message')).toEqual([]);
  world.writer.away = false;
  await waitFor(bobs, 'receive_message', rooms.length);
  expect(
    rooms.every((room) =>
      world.writer.askedHeads.some((asked) => asked.includes(room.id) && asked.length >= rooms.length),
    ),
  ).toBe(true);
});
