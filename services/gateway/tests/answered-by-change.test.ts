import { eventually } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { unchanged } from './fake-writer.ts';
import { type Client, type Gateway, type Json, person, World, waitFor } from './gateway-harness.ts';

/** The head check would find lost changes, too. */
const settings = { HEAD_CHECK: '10m' };
let world: World;
let gateways: [Gateway, Gateway];
beforeAll(async () => {
  world = await World.start();
  gateways = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(() => world.stop());
afterEach(() => {
  world.writer.transit = unchanged;
  world.writer.loses = () => false;
  world.writer.replied.length = 0;
});

const [ada, bob] = [person('ada'), person('bob')];
const contents = (client: Client, roomId: string) =>
  client
    .received('receive_message')
    .flatMap((message: Json) => (message.roomId === roomId ? [message.content] : []));

test('a sender in the room is acknowledged by the message itself, without a reply', async () => {
  const room = await world.room([ada, bob]);
  const adas = await world.join(gateways[0], ada, room);
  const bobs = await world.join(gateways[1], bob, room);
  const sent = await adas.emit('send_message', { roomId: room.id, content: 'hello', clientId: 'a-1' });
  expect(sent).toMatchObject({ seq: 1, roomId: room.id, clientId: 'a-1' });
  await waitFor(bobs, 'receive_message', 1);
  expect(contents(adas, room.id)).toEqual(['hello']);
  expect(world.writer.replied).toEqual([]);
});

test('a sender who has not joined the room is acknowledged by a reply', async () => {
  const room = await world.room([ada, bob]);
  const bobs = await world.join(gateways[1], bob, room);
  const adas = await world.connect(gateways[0], ada);
  expect(await adas.emit('send_message', { roomId: room.id, content: 'hello' })).toMatchObject({ seq: 1 });
  await waitFor(bobs, 'receive_message', 1);
  expect(world.writer.replied).toHaveLength(1);
});

test('a direct room acknowledges with its changes from its second message on', async () => {
  const direct = await world.room([ada, bob], { kind: 'direct', name: null });
  const adas = await world.connect(gateways[0], ada);
  for (const seq of [1, 2, 3])
    expect(await adas.emit('send_message', { roomId: direct.id, content: `${seq}` })).toMatchObject({ seq });
  expect(world.writer.replied).toHaveLength(1);
});

test('a message whose publication was lost is acknowledged by filling the gap', async () => {
  const room = await world.room([ada, bob]);
  const adas = await world.join(gateways[0], ada, room);
  world.writer.loses = (message) => 'changes' in message || 'quiet' in message;
  const sent = await adas.emit('send_message', { roomId: room.id, content: 'lost' });
  expect(sent).toMatchObject({ seq: 1 });
  expect(contents(adas, room.id)).toEqual(['lost']);
  expect(world.writer.replied).toEqual([]);
});

test('a sender who leaves while sending is acknowledged, and the message is stored once', async () => {
  const room = await world.room([ada, bob]);
  const adas = await world.join(gateways[0], ada, room);
  const bobs = await world.join(gateways[1], bob, room);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.writer.transit = async (changes, publish) => {
    await held;
    await publish(changes);
  };
  const sending = adas.emit('send_message', { roomId: room.id, content: 'goodbye' });
  await eventually(() => expect(world.writer.timeline(room.id)).toHaveLength(1));
  await adas.emit('leave_room', { roomId: room.id });
  release();
  expect(await sending).toMatchObject({ seq: 1 });
  await waitFor(bobs, 'receive_message', 1);
  expect(world.writer.timeline(room.id)).toHaveLength(1);
  expect(world.writer.replied).toHaveLength(1);
});

test('a refusal reaches the sender at once, and what was not stored is not acknowledged', async () => {
  const room = await world.room([ada, bob]);
  const adas = await world.join(gateways[0], ada, room);
  world.writer.refuses = true;
  try {
    await expect(adas.emit('send_message', { roomId: room.id, content: 'no' })).rejects.toMatchObject({
      code: 'not_authorized',
    });
  } finally {
    world.writer.refuses = false;
  }
  expect(world.writer.timeline(room.id)).toEqual([]);
});
