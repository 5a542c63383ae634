import type { RoomState } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, type Gateway, type Person, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway()];
});
afterAll(() => world.stop());

const typed = (client: Client) => client.received('user_typing').map(({ isTyping }) => isTyping);

const endings: [string, (adas: Client, ada: Person, room: RoomState) => unknown][] = [
  ['sends a message', (adas, _ada, room) => adas.emit('send_message', { roomId: room.id, content: 'x' })],
  ['leaves the room', (adas, _ada, room) => adas.emit('leave_room', { roomId: room.id })],
  ['disconnects', (adas) => adas.socket.disconnect()],
  ['is silent for a few seconds', () => undefined],
  ['is removed from the room', (_adas, ada, room) => world.removeMember(room, ada)],
  [
    'sends a message from another connection',
    async (_adas, ada, room) =>
      (await world.join(second, ada, room)).emit('send_message', { roomId: room.id, content: 'x' }),
  ],
];
test.each(endings)('typing ends for the others when the user: %s', async (_name, end) => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [adas, bobs] = [await world.join(first, ada, room), await world.join(second, bob, room)];
  await adas.emit('typing', { roomId: room.id });
  await eventually(() => expect(typed(bobs)).toEqual([true]));
  await end(adas, ada, room);
  expect((await waitFor(bobs, 'user_typing', 2)).at(-1)).toEqual({
    ...ada,
    roomId: room.id,
    isTyping: false,
    timestamp: expect.any(String),
  });
  expect(typed(bobs)).toEqual([true, false]);
});

test('continued typing does not end, and an end without a start is not announced', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [adas, bobs] = [await world.join(first, ada, room), await world.join(second, bob, room)];
  await adas.emit('typing', { roomId: room.id, isTyping: false });
  const startedAt = performance.now();
  // Longer than typing lasts without repetition.
  await eventually(
    async () => {
      await adas.emit('typing', { roomId: room.id });
      expect(performance.now() - startedAt).toBeGreaterThan(6_000);
    },
    { intervalMs: 500 },
  );
  expect(new Set(typed(bobs))).toEqual(new Set([true]));
});

test.each([
  ['stops', (adas: Client, room: RoomState) => adas.emit('typing', { roomId: room.id, isTyping: false })],
  ['closes', (adas: Client) => adas.socket.disconnect()],
])('typing in two tabs ends only when both have ended: one %s', async (_name, end) => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [tab, otherTab] = [await world.join(first, ada, room), await world.join(first, ada, room)];
  const bobs = await world.join(second, bob, room);
  for (const one of [tab, otherTab]) await one.emit('typing', { roomId: room.id });
  await eventually(() => expect(typed(bobs)).toEqual([true, true]));
  await end(tab, room);
  // An end that was announced would arrive before the next `typing` of the other tab.
  await eventually(async () => {
    await otherTab.emit('typing', { roomId: room.id });
    expect(typed(bobs).length).toBeGreaterThan(2);
  });
  expect(typed(bobs)).toEqual([true, true, true]);
  await otherTab.emit('typing', { roomId: room.id, isTyping: false });
  await eventually(() => expect(typed(bobs)).toEqual([true, true, true, false]));
});

test('typing of a removed user ends at once on the other gateways', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const [kept, lost] = [await world.room([ada, bob]), await world.room([ada, bob])];
  const [adas, bobs] = [await world.join(first, ada, kept), await world.join(second, bob, kept)];
  for (const client of [adas, bobs]) await client.emit('join_room', { roomId: lost.id });
  for (const { id } of [kept, lost]) await adas.emit('typing', { roomId: id });
  await world.removeMember(lost, ada);
  // Silence ends typing in both rooms, and would end it first where it began first.
  const ended = () => bobs.received('user_typing').filter(({ isTyping }) => !isTyping);
  await eventually(() => expect(ended().map(({ roomId }) => roomId)).toEqual([lost.id, kept.id]));
});

test('in a direct room the other user sees typing end, too', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const direct = await world.room([ada, bob], { kind: 'direct', name: null });
  const [adas, bobs] = [await world.connect(first, ada), await world.connect(second, bob)];
  await adas.emit('typing', { roomId: direct.id });
  await adas.emit('send_message', { roomId: direct.id, content: 'x' });
  await eventually(() => expect(typed(bobs)).toEqual([true, false]));
});

test('typing in too many rooms ends typing in the first', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const rooms = await Promise.all(Array.from({ length: 21 }, () => world.room([ada, bob])));
  const [adas, bobs] = [
    await world.connect(first, ada),
    await world.join(second, bob, rooms[0] as RoomState),
  ];
  for (const { id: roomId } of rooms) await adas.emit('typing', { roomId });
  await eventually(() => expect(typed(bobs)).toEqual([true, false]));
});
