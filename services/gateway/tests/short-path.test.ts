import { partitionOf } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { startRedis } from '@parley/servers';
import { eventually, testServices } from '@parley/testkit';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, type Gateway, type Json, person, World, waitFor } from './gateway-harness.ts';

const redis = await startRedis();
/** The head check alone would take too long. */
const settings = { HEAD_CHECK: '10m', PRESENCE_LEASE: '3s' };
let world: World;
let gateways: [Gateway, Gateway];
beforeAll(async () => {
  world = await World.start({ redisUrl: redis.url });
  gateways = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(async () => {
  await world.stop();
  await redis.stop();
});

const contents = (client: Client, roomId: string) =>
  client
    .received('receive_message')
    .flatMap((message: Json) => (message.roomId === roomId ? [message.content] : []));

test('a silently dropped last change of a room arrives, also the first of a direct room', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const direct = await world.room([ada, bob], { kind: 'direct', name: null });
  const clients = [
    await world.join(gateways[0], ada, room),
    await world.join(gateways[1], bob, room),
  ] as const;
  world.writer.loses = (message) => 'changes' in message;
  try {
    for (const { id: roomId } of [room, direct])
      await clients[0].emit('send_message', { roomId, content: 'the last word' });
    for (const client of clients) {
      await waitFor(client, 'receive_message', 2);
      for (const { id } of [room, direct]) expect(contents(client, id)).toEqual(['the last word']);
    }
  } finally {
    world.writer.loses = () => false;
  }
});

test('a repeated head brings nothing to those who connected after the change', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const direct = await world.room([ada, bob], { kind: 'direct', name: null });
  const adas = await world.connect(gateways[0], ada);
  const before = await world.connect(gateways[1], bob);
  await adas.emit('send_message', { roomId: direct.id, content: 'before' });
  await waitFor(before, 'receive_message', 1);
  before.socket.disconnect();
  const late = await world.connect(gateways[1], bob);
  let repeated = false;
  world.writer.loses = (message) => {
    repeated ||= 'quiet' in message && message.quiet.some(({ head }) => head.roomId === direct.id);
    return false;
  };
  await eventually(() => expect(repeated).toBe(true));
  await adas.emit('send_message', { roomId: direct.id, content: 'after' });
  await waitFor(late, 'receive_message', 1);
  expect(contents(late, direct.id)).toEqual(['after']);
});

test('changes lost while Redis disconnects a gateway that reads too slowly arrive', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [adas, bobs] = [await world.join(gateways[0], ada, room), await world.join(gateways[1], bob, room)];
  const stranger = new Redis(redis.url);
  try {
    await stranger.config('SET', 'client-output-buffer-limit', 'pubsub 65536 65536 1');
    const connections = async () =>
      String(await stranger.client('LIST', 'TYPE', 'PUBSUB')).match(/\bid=\d+/g);
    const before = await connections();
    // Both gateways are subscribed to the room.
    await stranger.spublish(`${world.namespace}#/#room:${room.id}#`, 'x'.repeat(1_000_000));
    const sent = Array.from({ length: 10 }, (_, index) => `${index}`);
    for (const content of sent) await adas.emit('send_message', { roomId: room.id, content });
    expect(await connections()).not.toEqual(before);
    for (const client of [adas, bobs]) {
      await waitFor(client, 'receive_message', sent.length, 20_000);
      expect(contents(client, room.id)).toEqual(sent);
    }
  } finally {
    await stranger.config('SET', 'client-output-buffer-limit', 'pubsub 33554432 8388608 60');
    stranger.disconnect();
  }
});

test('changes that writers of the last release publish reach clients, without their gateways', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const clients = [
    await world.join(gateways[0], ada, room),
    await world.join(gateways[1], bob, room),
  ] as const;
  const stranger = await connect(testServices().amqpUrl);
  try {
    const channel = await stranger.createConfirmChannel();
    world.writer.transit = async (changes) => {
      const event = { id: newId(), type: 'timeline.changed', version: 1, time: new Date().toISOString() };
      const partition = partitionOf('timeline', room.id, 2);
      const body = Buffer.from(JSON.stringify({ ...event, data: { changes } }));
      channel.publish(`${world.namespace}.timeline`, String(partition), body);
      await channel.waitForConfirms();
    };
    for (const content of ['one', 'two']) await clients[0].emit('send_message', { roomId: room.id, content });
    for (const client of clients) {
      await waitFor(client, 'receive_message', 2);
      expect(contents(client, room.id)).toEqual(['one', 'two']);
    }
  } finally {
    world.writer.transit = (changes, publish) => publish(changes);
    await stranger.close();
  }
});

test.each([1, 2])('Redis frozen: %i gateways keep delivering', async (count) => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [one, other] = [gateways[0], gateways[count - 1] ?? gateways[0]];
  const [adas, bobs] = [await world.join(one, ada, room), await world.join(other, bob, room)];
  redis.kill('SIGSTOP');
  try {
    for (const content of ['one', 'two', 'three'])
      await adas.emit('send_message', { roomId: room.id, content });
    for (const client of [adas, bobs]) await waitFor(client, 'receive_message', 3, 20_000);
  } finally {
    redis.kill('SIGCONT');
  }
  await eventually(() => adas.emit('send_message', { roomId: room.id, content: 'four' }));
  for (const client of [adas, bobs])
    await eventually(() => expect(contents(client, room.id)).toEqual(['one', 'two', 'three', 'four']));
});
