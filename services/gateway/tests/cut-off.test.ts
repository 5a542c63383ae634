import { eventually, startTcpProxy, type TcpProxy, testServices } from '@parley/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unchanged } from './fake-writer.ts';
import { type Client, type Gateway, type Json, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let proxy: TcpProxy;
let near: Gateway;
let far: Gateway;
const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];

beforeEach(async () => {
  world = await World.start();
  proxy = await startTcpProxy(testServices().amqpUrl);
  [near, far] = [await world.gateway(), await world.gateway({ AMQP_URL: proxy.url })];
});
afterEach(async () => {
  await world.stop();
  proxy.close();
});

const contents = (client: Client) => client.received('receive_message').map(({ content }: Json) => content);
const readiness = async () => (await fetch(`${far.url}/readyz`)).status;

/** Leaves the far gateway with Redis only; the near one then consumes every partition. */
async function cutOff(): Promise<void> {
  proxy.block();
  await eventually(async () => expect(await readiness()).toBe(503));
}

async function rejoined(): Promise<void> {
  proxy.unblock();
  await eventually(async () => expect(await readiness()).toBe(200));
}

test('a gateway cut off from the broker still delivers, except to members removed meanwhile', async () => {
  const room = await world.room([ada, bob, eve]);
  const [adas, bobs, eves] = [
    await world.join(near, ada, room),
    await world.join(far, bob, room),
    await world.join(far, eve, room),
  ];
  await cutOff();
  await adas.emit('send_message', { roomId: room.id, content: 'before' });
  for (const client of [bobs, eves]) await waitFor(client, 'receive_message', 1);
  await world.removeMember(room, bob);
  expect(await waitFor(bobs, 'room_removed', 1, 1_000)).toEqual([{ roomId: room.id, reason: 'removed' }]);
  await adas.emit('send_message', { roomId: room.id, content: 'after' });
  await waitFor(eves, 'receive_message', 2);
  expect(contents(bobs)).toEqual(['before']);
  for (const event of ['typing', 'join_room'] as const) {
    expect(await bobs.ask(event, { roomId: room.id, isTyping: true })).toMatchObject({
      error: { code: 'room_not_found' },
    });
  }
  expect(await eves.ask('typing', { roomId: room.id, isTyping: true })).toMatchObject({ ok: true });
  await rejoined();
  await world.addMember(room, bob);
  await eventually(() => bobs.emit('join_room', { roomId: room.id }));
  await adas.emit('send_message', { roomId: room.id, content: 'again' });
  await eventually(() => expect(contents(bobs)).toEqual(['before', 'again']));
});

test('a user removed while a gateway was cut off cannot join the room there', async () => {
  const room = await world.room([ada, bob, eve]);
  const [adas, eves] = [await world.join(near, ada, room), await world.join(far, eve, room)];
  (await world.join(far, bob, room)).socket.disconnect();
  await cutOff();
  await world.removeMember(room, bob);
  await waitFor(eves, 'user_left', 1);
  const bobs = await world.connect(far, bob);
  expect(await bobs.ask('join_room', { roomId: room.id })).toMatchObject({
    error: { code: 'room_not_found' },
  });
  await adas.emit('send_message', { roomId: room.id, content: 'after' });
  await waitFor(eves, 'receive_message', 1);
  expect(contents(bobs)).toEqual([]);
});

test('a late departure event does not evict a member who has rejoined', async () => {
  const room = await world.room([ada, bob]);
  const [adas, bobs] = [await world.join(near, ada, room), await world.join(far, bob, room)];
  const lost = async () => undefined;
  // The gateway knows from the directory that bob left and rejoined.
  world.writer.transit = lost;
  await world.removeMember(room, bob);
  await waitFor(bobs, 'room_removed', 1);
  await world.addMember(room, bob);
  await waitFor(bobs, 'room_added', 1);
  await bobs.emit('join_room', { roomId: room.id });
  world.writer.transit = unchanged;
  await adas.emit('send_message', { roomId: room.id, content: 'one' });
  await eventually(() => expect(contents(bobs)).toEqual(['one']));
  // The gateway missed the directory's events, so it must ask.
  await cutOff();
  world.writer.transit = lost;
  await world.removeMember(room, bob);
  await world.addMember(room, bob);
  world.writer.transit = unchanged;
  await rejoined();
  await adas.emit('send_message', { roomId: room.id, content: 'two' });
  await adas.emit('send_message', { roomId: room.id, content: 'three' });
  await eventually(() => expect(contents(bobs)).toEqual(['one', 'two', 'three']));
  await bobs.emit('send_message', { roomId: room.id, content: 'still here' });
  await eventually(() => expect(contents(adas).at(-1)).toBe('still here'));
  expect(bobs.received('room_removed')).toHaveLength(1);
});
