import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let gateways: Gateway[];
beforeAll(async () => {
  world = await World.start();
  gateways = [await world.gateway(), await world.gateway()];
});
afterAll(() => world.stop());

/** Ada and Bob, whose clients have joined a room on both gateways. */
async function setUp() {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const adas = await Promise.all(gateways.map((gateway) => world.join(gateway, ada, room)));
  const bobs = await Promise.all(gateways.map((gateway) => world.join(gateway, bob, room)));
  return { ada, bob, room, adas, bobs, roomId: room.id };
}
type Room = Awaited<ReturnType<typeof setUp>>;

/** Bob acts on every gateway, and receives Ada's next message there. */
async function expectInRoom({ roomId, adas, bobs }: Room): Promise<void> {
  for (const bobsHere of bobs) {
    await bobsHere.emit('join_room', { roomId });
    await bobsHere.emit('typing', { roomId, isTyping: true });
    await bobsHere.emit('send_message', { roomId, content: 'back' });
    await bobsHere.emit('get_room_users', { roomId });
  }
  await adas[0]?.emit('send_message', { roomId, content: 'welcome back' });
  for (const bobsHere of bobs)
    await eventually(() =>
      expect(bobsHere.received('receive_message').at(-1)).toMatchObject({ content: 'welcome back' }),
    );
}

test('a member who has rejoined is admitted at once, while the event is still on its way', async () => {
  const one = await setUp();
  await world.removeMember(one.room, one.bob);
  for (const bobsHere of one.bobs) {
    await waitFor(bobsHere, 'room_removed', 1);
    expect(await bobsHere.ask('join_room', { roomId: one.roomId })).toMatchObject({ ok: false });
  }
  const announce = world.addSilently(one.room, one.bob);
  await expectInRoom(one);
  await announce();
  for (const bobsHere of one.bobs) await waitFor(bobsHere, 'room_added', 1);
  await expectInRoom(one);
});

test('a departure announced after the return ends nothing, in whatever order events arrive', async () => {
  for (const isReversed of [false, true]) {
    const one = await setUp();
    const events = [world.removeSilently(one.room, one.bob), world.addSilently(one.room, one.bob)];
    await expectInRoom(one);
    for (const announce of isReversed ? events.reverse() : events) await announce();
    for (const bobsHere of one.bobs) await waitFor(bobsHere, 'room_added', 1);
    for (const client of [...one.adas, ...one.bobs])
      await waitFor(client, isReversed ? 'user_left' : 'user_joined', 1);
    await expectInRoom(one);
    for (const bobsHere of one.bobs) expect(bobsHere.received('room_removed')).toEqual([]);
  }
});

test('a user who left, returned and left again is out, once the events have arrived', async () => {
  const one = await setUp();
  const events = [
    world.removeSilently(one.room, one.bob),
    world.addSilently(one.room, one.bob),
    world.removeSilently(one.room, one.bob),
  ];
  for (const announce of events) await announce();
  for (const adasHere of one.adas) await waitFor(adasHere, 'user_left', 2);
  for (const bobsHere of one.bobs) {
    await waitFor(bobsHere, 'room_removed', 1);
    expect(await bobsHere.ask('join_room', { roomId: one.roomId })).toMatchObject({ ok: false });
  }
  await one.adas[0]?.emit('send_message', { roomId: one.roomId, content: 'private' });
  for (const adasHere of one.adas) await waitFor(adasHere, 'receive_message', 1);
  for (const bobsHere of one.bobs) expect(bobsHere.received('receive_message')).toEqual([]);
});

test('a user who is unblocked may type at once, while the event is still on its way', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob], { kind: 'direct', name: null, announce: false });
  const adas = await Promise.all(gateways.map((gateway) => world.connect(gateway, ada)));
  world.setCanSend(room, ada, false);
  for (const client of adas)
    expect(await client.ask('typing', { roomId: room.id, isTyping: true })).toMatchObject({
      error: { code: 'blocked' },
    });
  world.setCanSend(room, ada, true);
  for (const client of adas) await client.emit('typing', { roomId: room.id, isTyping: true });
});

test('a user who is removed while they enter a room receives nothing from it', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada], { isPrivate: false });
  for (const gateway of gateways) {
    const bobsHere = await world.connect(gateway, bob);
    world.beforeJoinReply = async () => {
      await world.removeMember(room, bob);
      await waitFor(bobsHere, 'room_removed', 1);
    };
    expect(await bobsHere.ask('enter_room', { roomId: room.id })).toMatchObject({ ok: false });
    world.beforeJoinReply = async () => undefined;
    const adasHere = await world.join(gateway, ada, room);
    await adasHere.emit('send_message', { roomId: room.id, content: 'private' });
    await waitFor(adasHere, 'receive_message', 1);
    expect(bobsHere.received('receive_message')).toEqual([]);
    bobsHere.socket.disconnect();
  }
});

test('events sent right after a join, without waiting for its answer, follow it', async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  const roomId = room.id;
  for (const gateway of gateways)
    for (let round = 1; round <= 10; round++) {
      const client = await world.connect(gateway, ada);
      const join = client.ask('join_room', { roomId });
      const send = client.ask('send_message', { roomId, content: `round ${round}` });
      expect([await join, await send]).toMatchObject([{ ok: true }, { ok: true }]);
      await waitFor(client, 'receive_message', 1);
      expect(client.received('receive_message')).toMatchObject([{ content: `round ${round}` }]);
      const answers = [client.ask('join_room', { roomId }), client.ask('leave_room', { roomId })];
      expect(await Promise.all(answers)).toMatchObject([{ ok: true }, { ok: true }]);
      await client.emit('send_message', { roomId, content: 'after leaving' });
      expect(client.received('receive_message')).toHaveLength(1);
      client.socket.disconnect();
    }
});
