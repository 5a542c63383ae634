import type { ServerEvent } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, type Json, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway()];
});
afterAll(() => world.stop());

const contents = (messages: Json[]) => messages.map(({ content }) => content);

test('within a second a removed member neither receives nor sends, on any gateway', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const adas = await world.join(first, ada, room);
  const bobs = [await world.join(first, bob, room), await world.join(second, bob, room)];
  await adas.emit('send_message', { roomId: room.id, content: 'before' });
  for (const client of [adas, ...bobs]) await waitFor(client, 'receive_message', 1);
  await world.removeMember(room, bob);
  for (const client of bobs)
    expect(await waitFor(client, 'room_removed', 1, 1_000)).toEqual([{ roomId: room.id, reason: 'removed' }]);
  await adas.emit('send_message', { roomId: room.id, content: 'after' });
  await waitFor(adas, 'receive_message', 2);
  for (const client of bobs) {
    for (const event of ['send_message', 'join_room', 'typing'] as const) {
      expect(await client.ask(event, { roomId: room.id, content: 'let me in' })).toMatchObject({
        error: { code: 'room_not_found' },
      });
    }
    expect(contents(client.received('receive_message'))).toEqual(['before']);
    expect(client.received('user_left')).toEqual([]);
  }
  expect(adas.received('user_left')).toMatchObject([{ userId: bob.userId, type: 'permanent' }]);
});

test('a member who rejoins is in again at once, on every gateway', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const bobs = [await world.join(first, bob, room), await world.join(second, bob, room)];
  await world.removeMember(room, bob);
  for (const client of bobs) await waitFor(client, 'room_removed', 1);
  await world.addMember(room, bob);
  for (const client of bobs) {
    expect(await waitFor(client, 'room_added', 1)).toEqual([
      { roomId: room.id, kind: 'group', name: 'a room', organizationId: null, invited: false },
    ]);
    await client.emit('join_room', { roomId: room.id });
    await client.emit('send_message', { roomId: room.id, content: 'back' });
  }
});

test('a new room is announced on every connection of its members', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const clients = [
    await world.connect(first, ada),
    await world.connect(second, ada),
    await world.connect(second, bob),
  ];
  const room = await world.room([ada, bob], { kind: 'channel', name: 'new here' });
  for (const client of clients) {
    expect(await waitFor(client, 'room_added', 1)).toEqual([
      { roomId: room.id, kind: 'channel', name: 'new here', organizationId: null, invited: true },
    ]);
  }
});

test('a changed room reaches every connection of its members, joined or not, and nobody else', async () => {
  const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
  const room = await world.room([ada, bob, eve]);
  const members = [
    await world.join(first, ada, room),
    await world.connect(first, ada),
    await world.connect(second, bob, { contract: 'groups' }),
    await world.connect(second, bob, { contract: 'organizations' }),
  ];
  const eves = await world.connect(second, eve);
  await world.removeMember(room, eve);
  await waitFor(eves, 'room_removed', 1);
  const details = { description: 'about us', picture: '/new.png' };
  await world.publish('room.updated', { room: { ...room, name: 'renamed' }, details });
  const { id: roomId, kind, isPrivate, organizationId } = room;
  const state = { roomId, kind, name: 'renamed', isPrivate, organizationId };
  const events = ['room_updated', 'room_updated', 'group-updated', 'roomUpdated'] as ServerEvent[];
  const timestamp = expect.any(String);
  const seen = await Promise.all(
    members.map((client, index) => waitFor(client, events[index] ?? 'error', 1)),
  );
  for (const received of seen.slice(0, 2)) expect(received).toEqual([{ ...state, ...details, timestamp }]);
  const { description, picture } = details;
  expect(seen[2]).toEqual([
    { group_id: roomId, kind, name: 'renamed', description, group_picture: picture, updated_at: timestamp },
  ]);
  expect(seen[3]).toMatchObject([{ roomId, conversationId: roomId, roomName: 'renamed', ...details }]);
  // Older releases publish no details.
  await world.publish('room.updated', { room: { ...room, name: 'again' } });
  for (const [index, client] of members.entries()) await waitFor(client, events[index] ?? 'error', 2);
  expect(eves.received('room_updated')).toEqual([]);
});

test('a deleted room ends for all its subscribers', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const clients = [await world.join(first, ada, room), await world.join(second, bob, room)];
  await world.deleteRoom(room, ada);
  for (const client of clients) {
    expect(await waitFor(client, 'room_removed', 1)).toEqual([{ roomId: room.id, reason: 'deleted' }]);
    expect(await client.ask('send_message', { roomId: room.id, content: 'hello?' })).toMatchObject({
      error: { code: 'room_not_found' },
    });
  }
});

test('a membership is asked for once, however many events need it', async () => {
  const ada = person('ada');
  const room = await world.room([ada], { announce: false });
  const client = await world.connect(first, ada);
  const before = world.askedMembers;
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      client.emit('send_message', { roomId: room.id, content: `${index}` }),
    ),
  );
  expect(world.askedMembers).toBe(before + 1);
  await eventually(() => expect(world.writer.timeline(room.id)).toHaveLength(20));
});
