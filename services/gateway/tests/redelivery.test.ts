import { publishEvent } from '@parley/bus';
import {
  type EventData,
  type EventOf,
  type EventType,
  makeEvent,
  type Notification,
} from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway();
});
afterAll(() => world.stop());

const event = <T extends EventType>(type: T, data: EventData<T>) =>
  makeEvent(type, data, { id: newId(), now: Date.now() }) as EventOf<EventType>;

test('repeated events reach clients once and change nothing', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada], { announce: false });
  const [adas, bobs] = [await world.join(gateway, ada, room), await world.connect(gateway, bob)];
  const revoked = { userId: bob.userId, sessionId: newId() };
  const closing = await world.connect(gateway, bob, revoked);
  const bobIn = (version: number) => ({
    roomId: room.id,
    userId: bob.userId,
    username: 'bob',
    role: 'member' as const,
    canSend: true,
    version,
  });
  const notification: Notification = {
    id: newId(),
    type: 'friend_request',
    title: 'ada',
    content: 'ada would like to be your friend',
    metadata: {},
    isRead: false,
    createdAt: new Date().toISOString(),
    updatedAt: new Date().toISOString(),
  };
  const events = [
    event('member.joined', { roomId: room.id, room, membership: bobIn(2), addedBy: ada }),
    event('member.left', {
      roomId: room.id,
      userId: bob.userId,
      username: 'bob',
      version: 3,
      reason: 'removed',
    }),
    event('room.updated', { room: { ...room, name: 'another name' } }),
    event('member.joined', { roomId: room.id, room, membership: bobIn(4), addedBy: ada }),
    event('member.left', {
      roomId: room.id,
      userId: bob.userId,
      username: 'bob',
      version: 5,
      reason: 'removed',
    }),
    event('notification.created', { userId: bob.userId, notification }),
    event('session.revoked', {
      ...revoked,
      reason: 'logout',
      until: new Date(Date.now() + 60_000).toISOString(),
    }),
  ];
  for (const one of events) await Promise.all([publishEvent(world.bus, one), publishEvent(world.bus, one)]);
  await Promise.all([...events, ...events].map((one) => publishEvent(world.bus, one)));
  // Published last on every topic, so they arrive after the others.
  const after = await world.room([bob], { name: 'after' });
  const last = { ...notification, id: newId() };
  await world.publish('notification.created', { userId: bob.userId, notification: last });

  await eventually(() =>
    expect(bobs.received('room_added').map(({ roomId }) => roomId)).toEqual([room.id, room.id, after.id]),
  );
  expect(bobs.received('room_removed')).toHaveLength(2);
  await waitFor(bobs, 'notification', 2);
  expect(bobs.received('notification').map(({ id }) => id)).toEqual([notification.id, last.id]);
  await eventually(() => expect(closing.socket.connected).toBe(false));
  expect(closing.received('error')).toHaveLength(1);
  expect(bobs.socket.connected).toBe(true);
  expect(await bobs.ask('send_message', { roomId: room.id, content: 'hello?' })).toMatchObject({
    error: { code: 'room_not_found' },
  });
  await adas.emit('send_message', { roomId: room.id, content: 'alone' });
});
