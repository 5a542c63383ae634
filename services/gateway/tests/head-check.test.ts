import { eventually } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { asItIs } from './fake-writer.ts';
import { type Client, type Gateway, hears, type Json, person, World } from './gateway-harness.ts';

let world: World;
let gateways: [Gateway, Gateway];
beforeAll(async () => {
  world = await World.start();
  const settings = { HEAD_CHECK: '400ms' };
  gateways = [await world.gateway(settings), await world.gateway(settings)];
});
afterEach(() => {
  world.writer.proxy = asItIs;
  world.writer.away = false;
});
afterAll(() => world.stop());

const contents = (client: Client, roomId: string) =>
  client
    .heard('receive_message')
    .flatMap((message: Json) => (message.roomId === roomId ? [message.content] : []));
/** Two rounds of both gateways have come and gone. */
const rounds = async () => {
  const asked = world.writer.askedHeads.length;
  await eventually(() => expect(world.writer.askedHeads.length).toBeGreaterThan(asked + 4));
};

test('the last change of a room, lost on the way, is heard by everyone though nothing more is said there', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const clients = [
    await world.join(gateways[0], ada, room),
    await world.join(gateways[1], bob, room),
  ] as const;
  world.writer.proxy = async () => undefined;
  await clients[0].emit('send_message', { roomId: room.id, content: 'the last word' });
  for (const client of clients)
    expect(await hears(client, 'receive_message', 1)).toMatchObject([{ content: 'the last word', seq: 1 }]);
  await rounds();
  for (const client of clients) expect(contents(client, room.id)).toEqual(['the last word']);
});

test('the same for the last change of a direct room', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob], { kind: 'direct', name: null });
  const [adas, bobs] = [await world.connect(gateways[0], ada), await world.connect(gateways[1], bob)];
  await adas.emit('send_message', { roomId: room.id, content: 'one' });
  await hears(bobs, 'receive_message', 1);
  world.writer.proxy = async () => undefined;
  await adas.emit('send_message', { roomId: room.id, content: 'two' });
  await hears(bobs, 'receive_message', 2);
  expect(contents(bobs, room.id)).toEqual(['one', 'two']);
});

test('the same for the first change since a room is heard along with all others, and nothing from before is told', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const adas = await world.connect(gateways[0], ada);
  await adas.emit('send_message', { roomId: room.id, content: 'before' });
  const bobs = await world.connect(gateways[1], bob);
  await bobs.emit('join_rooms', {});
  await rounds();
  world.writer.proxy = async () => undefined;
  await adas.emit('send_message', { roomId: room.id, content: 'lost' });
  await hears(bobs, 'receive_message', 1);
  expect(contents(bobs, room.id)).toEqual(['lost']);
});

test('rooms are asked about together, whoever may be asked; while nobody can answer it asks on, and then catches up', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const rooms = await Promise.all(Array.from({ length: 20 }, () => world.room([ada, bob])));
  const bobs = await world.connect(gateways[1], bob);
  for (const room of rooms) await bobs.emit('join_room', { roomId: room.id });
  const adas = await world.connect(gateways[0], ada);
  world.writer.away = true;
  world.writer.proxy = async () => undefined;
  for (const room of rooms) await adas.emit('send_message', { roomId: room.id, content: 'later' });
  await rounds();
  expect(bobs.heard('receive_message')).toEqual([]);
  world.writer.away = false;
  await hears(bobs, 'receive_message', rooms.length);
  expect(
    rooms.every((room) =>
      world.writer.askedHeads.some((asked) => asked.includes(room.id) && asked.length >= rooms.length),
    ),
  ).toBe(true);
});
