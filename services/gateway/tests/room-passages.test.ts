import { eventually, startProcess } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Client,
  type Gateway,
  hears,
  type Json,
  type Person,
  person,
  World,
} from './gateway-harness.ts';

const settings = { PRESENCE_LEASE: '3s', PRESENCE_GRACE: '2s' };
let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(() => world.stop());

/** What a client has been told of somebody's coming and going, in order. */
const passages = (client: Client, { userId }: Person) =>
  client.events.flatMap(({ event, data }) =>
    (event === 'user_joined' || event === 'user_left') && data.userId === userId
      ? [`${event} ${data.type}`]
      : [],
  );
const come = 'user_joined temporary';
const gone = 'user_left temporary';

test("the others in a room are told of a user's first connection there and of the end of the last, by leaving or closing, across gateways", async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(second, bob, room);
  const [phone, laptop, tablet] = [
    await world.join(first, ada, room),
    await world.join(second, ada, room),
    await world.join(first, ada, room),
  ];
  const at = { ...ada, roomId: room.id, type: 'temporary', timestamp: expect.any(String) };
  expect(await hears(bobs, 'user_joined', 1)).toEqual([at]);
  await phone.emit('join_room', { roomId: room.id });
  await phone.emit('leave_room', { roomId: room.id });
  tablet.socket.disconnect();
  await eventually(async () => expect(await onlineIn(room.id)).toHaveLength(2));
  expect(passages(bobs, ada)).toEqual([come]);
  await laptop.emit('leave_room', { roomId: room.id });
  expect(await hears(bobs, 'user_left', 1)).toEqual([at]);
  await laptop.emit('join_room', { roomId: room.id });
  await eventually(() => expect(passages(bobs, ada)).toEqual([come, gone, come]));
  laptop.socket.disconnect();
  await eventually(() => expect(passages(bobs, ada)).toEqual([come, gone, come, gone]));
  for (const own of [phone, laptop, tablet]) expect(passages(own, ada), 'not of oneself').toEqual([]);

  async function onlineIn(roomId: string): Promise<unknown[]> {
    const { users } = await bobs.emit('get_room_users', { roomId });
    return users.filter(({ isOnline }: Json) => isOnline);
  }
});

test('who leaves the room for good is told to have left once, permanently', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(second, bob, room);
  const adas = await world.join(first, ada, room);
  await hears(bobs, 'user_joined', 1);
  await world.removeMember(room, ada);
  await hears(adas, 'room_removed', 1);
  adas.socket.disconnect();
  // A guest who comes and goes shows that the leases have been looked at since.
  const guest = person('guest');
  await world.addMember(room, guest);
  (await world.join(first, guest, room)).socket.disconnect();
  await eventually(() => expect(passages(bobs, guest)).toEqual(['user_joined permanent', come, gone]));
  expect(passages(bobs, ada)).toEqual([come, 'user_left permanent']);
});

test('in a direct room nobody is told who has it open', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const direct = await world.room([ada, bob], { kind: 'direct', name: null });
  const group = await world.room([ada, bob]);
  const bobs = await world.join(second, bob, direct);
  await bobs.emit('join_room', { roomId: group.id });
  const adas = await world.join(first, ada, direct);
  await adas.emit('join_room', { roomId: group.id });
  await adas.emit('leave_room', { roomId: direct.id });
  await adas.emit('leave_room', { roomId: group.id });
  await eventually(() => expect(passages(bobs, ada)).toEqual([come, gone]));
  expect(bobs.heard('user_joined')).toMatchObject([{ roomId: group.id }]);
});

test('a connection that a draining gateway sends elsewhere is not seen to leave, if it joins there in time', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(second, bob, room);
  const leaving = await world.gateway({ ...settings, PRESENCE_GRACE: '30s' });
  const adas = await world.join(leaving, ada, room);
  await hears(bobs, 'user_joined', 1);
  await leaving.stop();
  await eventually(() => expect(adas.socket.connected).toBe(false));
  await world.join(first, ada, room);
  // A guest who comes and goes shows that the leases have been looked at since.
  const guest = person('guest');
  await world.addMember(room, guest);
  (await world.join(first, guest, room)).socket.disconnect();
  await eventually(() => expect(passages(bobs, guest)).toEqual(['user_joined permanent', come, gone]));
  expect(passages(bobs, ada)).toEqual([come]);
});

test('the users of a killed gateway leave their rooms when the lease ends, told once', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const others = [await world.join(first, bob, room), await world.join(second, bob, room)];
  const doomed = await startProcess({
    entry: new URL('../src/main.ts', import.meta.url),
    env: world.settings({ ...settings, LOG_LEVEL: 'info' }),
  });
  try {
    const [, url = ''] = await doomed.waitForLine(/"url":"(http:[^"]+)"/);
    await world.join({ url }, ada, room);
    for (const one of others) await eventually(() => expect(passages(one, ada)).toEqual([come]));
    doomed.kill('SIGKILL');
    await doomed.exited;
    for (const one of others)
      await eventually(() => expect(passages(one, ada)).toEqual([come, gone]), { timeoutMs: 20_000 });
  } finally {
    await doomed.ended();
  }
});

test("user_status reaches the connections of a room's members that have not joined it", async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  await world.room([ada, bob]);
  const bobs = await world.connect(first, bob, { contract: 'rooms' });
  const eves = await world.connect(second, eve);
  const adas = await world.connect(second, ada);
  await eventually(() => expect(bobs.heard('user_status')).toMatchObject([{ ...ada, status: 'online' }]));
  await world.room([bob, eve]);
  adas.socket.disconnect();
  await eventually(() =>
    expect(bobs.heard('user_status').at(-1)).toMatchObject({ ...ada, status: 'offline' }),
  );
  expect(eves.heard('user_status').filter(({ userId }: Json) => userId === ada.userId)).toEqual([]);
  const again = await world.connect(first, eve);
  eves.socket.disconnect();
  again.socket.disconnect();
  await eventually(() =>
    expect(bobs.heard('user_status').at(-1)).toMatchObject({ ...eve, status: 'offline' }),
  );
});
