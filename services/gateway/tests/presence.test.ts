import { newId } from '@parley/runtime';
import { eventually, startProcess } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Client,
  type Gateway,
  type Json,
  type Person,
  person,
  World,
  waitFor,
} from './gateway-harness.ts';

const settings = { PRESENCE_LEASE: '3s', PRESENCE_GRACE: '500ms' };
let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(() => world.stop());

const statuses = (client: Client, of: Person) =>
  client
    .received('user_status')
    .flatMap(({ userId, status }: Json) => (userId === of.userId ? [status] : []));

test('only room mates and contacts see a user come and go, once each', async () => {
  const [ada, bob, eve, joe] = [person('ada'), person('bob'), person('eve'), person('joe')];
  const rooms = [await world.room([ada, bob]), await world.room([ada, bob])];
  world.contacts.set(ada.userId, [bob.userId, eve.userId]);
  const bobs = await world.connect(second, bob);
  for (const room of rooms) await bobs.emit('join_room', { roomId: room.id });
  const [eves, joes] = [await world.connect(first, eve), await world.connect(second, joe)];
  const adas = await world.connect(first, ada);
  for (const client of [bobs, eves]) {
    expect(await waitFor(client, 'user_status', 1)).toEqual([
      { ...ada, status: 'online', timestamp: expect.any(String) },
    ]);
  }
  const phone = await world.connect(second, ada);
  adas.socket.disconnect();
  await phone.emit('get_room_users', { roomId: rooms[0]?.id });
  phone.socket.disconnect();
  for (const client of [bobs, eves]) {
    await eventually(() => expect(statuses(client, ada)).toEqual(['online', 'offline']));
  }
  expect([...statuses(joes, ada), ...statuses(adas, ada)]).toEqual([]);
});

test('repeated reloads, also on another gateway, go unnoticed', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const patient = { PRESENCE_LEASE: '15s', PRESENCE_GRACE: '10s' };
  const gateways = [await world.gateway(patient), await world.gateway(patient)] as const;
  const bobs = await world.join(second, bob, room);
  for (const gateway of [gateways[0], gateways[1], gateways[0]]) {
    const page = await world.connect(gateway, ada);
    await eventually(() => expect(statuses(bobs, ada)).toEqual(['online']));
    page.socket.disconnect();
    // A guest who comes and goes proves that leases have been swept since.
    const guest = person('guest');
    world.contacts.set(guest.userId, [bob.userId]);
    (await world.connect(first, guest)).socket.disconnect();
    await eventually(() => expect(statuses(bobs, guest)).toEqual(['online', 'offline']));
  }
  expect(statuses(bobs, ada)).toEqual(['online']);
});

test('a user who logs out is offline at once, without the grace period of a reload', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const patient = await world.gateway({ ...settings, PRESENCE_LEASE: '15m', PRESENCE_GRACE: '10m' });
  const bobs = await world.join(first, bob, room);
  const sessionId = newId();
  await world.connect(patient, ada, { sessionId });
  await eventually(() => expect(statuses(bobs, ada)).toEqual(['online']));
  const until = new Date(Date.now() + 60_000).toISOString();
  await world.publish('session.revoked', { userId: ada.userId, sessionId, reason: 'logout', until });
  await eventually(() => expect(statuses(bobs, ada)).toEqual(['online', 'offline']));
});

test('the users of a killed gateway go offline once, when their leases expire', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(first, bob, room);
  const watching = await world.join(second, bob, room);
  const doomed = await startProcess({
    entry: new URL('../src/main.ts', import.meta.url),
    env: world.settings({ ...settings, LOG_LEVEL: 'info' }),
  });
  try {
    const [, url = ''] = await doomed.waitForLine(/"url":"(http:[^"]+)"/);
    await world.connect({ url }, ada);
    await eventually(() => expect(statuses(bobs, ada)).toEqual(['online']));
    doomed.kill('SIGKILL');
    await doomed.exited;
    for (const client of [bobs, watching])
      await eventually(() => expect(statuses(client, ada)).toEqual(['online', 'offline']));
    expect(bobs.received('user_status').at(-1)).toMatchObject({ ...ada, status: 'offline' });
  } finally {
    await doomed.ended();
  }
});
