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

const settings = { PRESENCE_LEASE: '3s', PRESENCE_GRACE: '2s' };
let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(settings), await world.gateway(settings)];
});
afterAll(() => world.stop());

/** The events of a user's coming and going that a client received, in order. */
const passages = (client: Client, { userId }: Person) =>
  client.events.flatMap(({ event, data }) =>
    (event === 'user_joined' || event === 'user_left') && data.userId === userId
      ? [`${event} ${data.type}`]
      : [],
  );
const come = 'user_joined temporary';
const gone = 'user_left temporary';

test("a room sees a user's first connection there and the end of the last, across gateways", async () => {
  const [ada, bob] = [{ ...person('ada'), isBot: true as const }, person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(second, bob, room);
  const [phone, laptop, tablet] = [
    await world.join(first, ada, room),
    await world.join(second, ada, room),
    await world.join(first, ada, room),
  ];
  const at = { ...ada, roomId: room.id, type: 'temporary', timestamp: expect.any(String) };
  expect(await waitFor(bobs, 'user_joined', 1)).toEqual([at]);
  await phone.emit('join_room', { roomId: room.id });
  await phone.emit('leave_room', { roomId: room.id });
  tablet.socket.disconnect();
  await eventually(async () => expect(await onlineIn(room.id)).toHaveLength(2));
  expect(passages(bobs, ada)).toEqual([come]);
  await laptop.emit('leave_room', { roomId: room.id });
  expect(await waitFor(bobs, 'user_left', 1)).toEqual([at]);
  await laptop.emit('join_room', { roomId: room.id });
  await eventually(() => expect(passages(bobs, ada)).toEqual([come, gone, come]));
  laptop.socket.disconnect();
  await eventually(() => expect(passages(bobs, ada)).toEqual([come, gone, come, gone]));
  for (const own of [phone, laptop, tablet]) expect(passages(own, ada), 'not about oneself').toEqual([]);

  async function onlineIn(roomId: string): Promise<unknown[]> {
    const { users } = await bobs.emit('get_room_users', { roomId });
    return users.filter(({ isOnline }: Json) => isOnline);
  }
});

test('a user who leaves on one gateway and comes on another at once is seen there in the end', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(first, bob, room);
  let [inside, outside] = [await world.join(second, ada, room), await world.connect(first, ada)];
  const roomId = room.id;
  await waitFor(bobs, 'user_joined', 1);
  for (let round = 0; round < 16; round++) {
    await Promise.all([inside.emit('leave_room', { roomId }), outside.emit('join_room', { roomId })]);
    [inside, outside] = [outside, inside];
    await eventually(() => expect(passages(bobs, ada).at(-1)).toBe(come));
  }
});

test('the end of a membership is announced once, as permanent', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(second, bob, room);
  const adas = await world.join(first, ada, room);
  await waitFor(bobs, 'user_joined', 1);
  await world.removeMember(room, ada);
  await waitFor(adas, 'room_removed', 1);
  adas.socket.disconnect();
  // A guest who comes and goes proves that leases have been swept since.
  const guest = person('guest');
  await world.addMember(room, guest);
  (await world.join(first, guest, room)).socket.disconnect();
  await eventually(() => expect(passages(bobs, guest)).toEqual(['user_joined permanent', come, gone]));
  expect(passages(bobs, ada)).toEqual([come, 'user_left permanent']);
});

test('organizations.md, joinRoom notifies everyone in the room once, the joining client too', async () => {
  for (const gateway of [first, second]) {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await world.room([ada], { isPrivate: false });
    const adas = await world.join(first, ada, room);
    const bobs = await world.connect(gateway, bob);
    await bobs.emit('enter_room', { roomId: room.id });
    await adas.emit('send_message', { roomId: room.id, content: 'welcome' });
    await waitFor(bobs, 'receive_message', 1);
    for (const one of [adas, bobs]) expect(passages(one, bob)).toEqual(['user_joined permanent']);
    await bobs.emit('leave_room', { roomId: room.id });
    await bobs.emit('enter_room', { roomId: room.id });
    await eventually(() => expect(passages(adas, bob)).toEqual(['user_joined permanent', gone, come]));
    expect(passages(bobs, bob)).toEqual(['user_joined permanent', come]);
  }
});

test('nothing is announced in a direct room', async () => {
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
  expect(bobs.received('user_joined')).toMatchObject([{ roomId: group.id }]);
});

test('a connection moved by a drain is not announced as left, if it rejoins in time', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = await world.join(second, bob, room);
  const leaving = await world.gateway({ ...settings, PRESENCE_GRACE: '30s' });
  const adas = await world.join(leaving, ada, room);
  await waitFor(bobs, 'user_joined', 1);
  await leaving.stop();
  await eventually(() => expect(adas.socket.connected).toBe(false));
  await world.join(first, ada, room);
  // A guest who comes and goes proves that leases have been swept since.
  const guest = person('guest');
  await world.addMember(room, guest);
  (await world.join(first, guest, room)).socket.disconnect();
  await eventually(() => expect(passages(bobs, guest)).toEqual(['user_joined permanent', come, gone]));
  expect(passages(bobs, ada)).toEqual([come]);
});

test('the users of a killed gateway leave their rooms once, when their leases expire', async () => {
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

test('user_status reaches members whose connections have not joined the room', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  await world.room([ada, bob]);
  const bobs = await world.connect(first, bob, { contract: 'rooms' });
  const eves = await world.connect(second, eve);
  const adas = await world.connect(second, ada);
  await eventually(() => expect(bobs.received('user_status')).toMatchObject([{ ...ada, status: 'online' }]));
  await world.room([bob, eve]);
  adas.socket.disconnect();
  await eventually(() =>
    expect(bobs.received('user_status').at(-1)).toMatchObject({ ...ada, status: 'offline' }),
  );
  expect(eves.received('user_status').filter(({ userId }: Json) => userId === ada.userId)).toEqual([]);
  const again = await world.connect(first, eve);
  eves.socket.disconnect();
  again.socket.disconnect();
  await eventually(() =>
    expect(bobs.received('user_status').at(-1)).toMatchObject({ ...eve, status: 'offline' }),
  );
});
