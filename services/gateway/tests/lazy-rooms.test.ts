import { queryObjects } from 'node:v8';
import { roomKey, userKey } from '@parley/backplane';
import { answer, MemoryBus } from '@parley/bus';
import { calls, type Message, type NumberedChange } from '@parley/contracts';
import { createLogger, maximum, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Connection } from '../src/connections/connection.ts';
import { CatchUp } from '../src/delivery/catch-up.ts';
import { headQuestions } from '../src/delivery/head-questions.ts';
import { RoomSequencer } from '../src/delivery/room-sequencer.ts';
import { Sequencer } from '../src/delivery/sequencer.ts';
import { Subscriptions } from '../src/delivery/subscriptions.ts';
import { Memberships } from '../src/membership/memberships.ts';
import { UserRooms } from '../src/membership/user-rooms.ts';
import { SubscriptionTable } from '../src/subscriptions/subscription-table.ts';

const connections = 10;
const roomsOfEach = 200;

/** How many objects exist, functions and promises included, after garbage was collected. */
const objects = () => queryObjects(Object, { format: 'count' });
const sequencers = () => queryObjects(RoomSequencer, { format: 'count' });

const change = (roomId: string, seq: number): NumberedChange => ({
  kind: 'message.created',
  roomId,
  seq,
  message: { id: `${seq}` } as Message,
});

test('a room without a gap costs a number and one object: who is subscribed to it', async () => {
  const logger = createLogger({ service: 'gateway', level: 'silent' });
  const bus = new MemoryBus({ logger });
  const roomsOf = new Map(
    Array.from({ length: connections }, () => [newId(), Array.from({ length: roomsOfEach }, newId)]),
  );
  const everyRoom = [...roomsOf.values()].flat();
  await answer(bus, calls.getHeads, async ({ roomIds }) => ({
    heads: roomIds.map((roomId) => ({ roomId, seq: 7 })),
  }));
  let away = true;
  await answer(bus, calls.getChanges, async ({ roomId, afterSeq }) => {
    await eventually(() => expect(away).toBe(false));
    return { changes: [change(roomId, 9), change(roomId, 10)].filter(({ seq }) => seq > afterSeq), seq: 10 };
  });
  await answer(bus, calls.getRoomsOfUsers, async ({ userIds }) => ({
    users: userIds.map((userId) => ({ userId, roomIds: roomsOf.get(userId) ?? [] })),
  }));
  const channels = { subscribe: async () => undefined, unsubscribe: () => undefined };
  const rooms = new SubscriptionTable(channels);
  const metrics = { gap: () => undefined, repaired: () => undefined, leftOpen: () => undefined };
  let delivered = 0;
  const sequencer = new Sequencer({ bus, heads: headQuestions(bus), logger, metrics }, rooms, () => {
    delivered++;
  });
  const watching = { start: async () => undefined, stop: async () => undefined, hasJoined: () => false };
  const maxRooms = maximum('MAX_ROOMS_PER_CONNECTION', roomsOfEach, 'rooms per connection');
  const catchUp = new CatchUp({ bus, logger, metrics, rooms, sequencer }, () => undefined);
  const subscriptions = new Subscriptions({ rooms, sequencer, catchUp, watching, maxRooms });
  const userRooms = new UserRooms({
    bus,
    memberships: new Memberships(bus),
    maxRooms: roomsOfEach,
    smallUpTo: 100,
  });
  const everybody = [...roomsOf.keys()].map((userId) => ({ id: newId(), caller: { userId } }) as Connection);

  const before = objects();
  for (const connection of everybody) {
    await rooms.add(connection, userKey(connection.caller.userId));
    const { roomIds } = await userRooms.load(connection.caller.userId);
    subscriptions.followAll(connection);
    await subscriptions.followRooms(connection, roomIds);
  }
  for (const roomId of everyRoom) sequencer.accept(roomKey(roomId), [change(roomId, 8)]);
  expect(delivered).toBe(everyRoom.length);
  // Some for each connection, and one for each room.
  expect((objects() - before) / everyRoom.length).toBeLessThan(1.5);

  // Rooms with a gap have a sequencer until it is filled.
  for (const roomId of everyRoom.slice(0, 10)) sequencer.accept(roomKey(roomId), [change(roomId, 10)]);
  expect(sequencers()).toBe(10);
  away = false;
  await eventually(() => expect(delivered).toBe(everyRoom.length + 20));
  await eventually(() => expect(sequencers()).toBe(0));

  for (const connection of everybody) rooms.removeAll(connection);
  expect([...sequencer.rooms()]).toEqual([]);
});
