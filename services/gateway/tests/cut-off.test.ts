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

test('after an outage, one question brings what was missed, whatever the number of rooms', async () => {
  const rooms = [];
  for (let count = 0; count < 30; count++) rooms.push(await world.room([ada, bob]));
  const [first, ...others] = rooms;
  if (!first) throw new Error('no room');
  const [adas, bobs] = [await world.connect(far, ada), await world.connect(far, bob)];
  const all = { rooms: rooms.map(({ id: roomId }) => ({ roomId, seq: 0 })) };
  await Promise.all([adas, bobs].map((client) => client.emit('resume', all)));
  await cutOff();
  // Nothing tells this gateway about it: not published yet, or published while it was away.
  world.removeSilently(first, bob);
  world.writer.transit = async () => undefined;
  for (const room of others.slice(0, 5)) await world.removeMember(room, bob);
  const asked = [world.askedMembers, world.log.asked.length] as const;
  await rejoined();
  expect(await waitFor(bobs, 'room_removed', 6)).toHaveLength(6);
  expect([world.askedMembers - asked[0], world.askedInBulk, world.log.asked.length - asked[1]]).toEqual([
    0, 0, 1,
  ]);
  world.writer.transit = unchanged;
  // A membership that did not change costs no question on the way of a message.
  const kept = others.at(-1);
  await bobs.emit('send_message', { roomId: kept?.id, content: 'still here' });
  await waitFor(adas, 'receive_message', 1);
  expect(world.askedMembers - asked[0]).toBe(0);
});

test('after an outage longer than the log, few questions cover all rooms', async () => {
  const rooms = await Promise.all(Array.from({ length: 30 }, () => world.room([ada, bob])));
  const [adas, bobs] = [await world.connect(far, ada), await world.connect(far, bob)];
  const all = { rooms: rooms.map(({ id: roomId }) => ({ roomId, seq: 0 })) };
  await Promise.all([adas, bobs].map((client) => client.emit('resume', all)));
  await cutOff();
  world.writer.transit = async () => undefined;
  for (const room of rooms.slice(0, 2)) await world.removeMember(room, bob);
  world.log.forgotten = Number.POSITIVE_INFINITY;
  const asked = world.askedMembers;
  await rejoined();
  // The departures may also be learned from the timelines, which asks about bob.
  const removed = () => new Set(bobs.received('room_removed').map(({ roomId }) => roomId));
  await eventually(() => expect(removed()).toEqual(new Set(rooms.slice(0, 2).map(({ id }) => id))));
  await eventually(() => expect(world.askedInBulk).toBe(1));
  world.writer.transit = unchanged;
  await adas.emit('send_message', { roomId: rooms.at(-1)?.id, content: 'the end' });
  await waitFor(bobs, 'receive_message', 1);
  expect(world.askedMembers - asked).toBeLessThanOrEqual(5);
  expect(world.askedInBulk).toBe(1);
});
