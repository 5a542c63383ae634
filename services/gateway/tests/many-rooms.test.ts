import type { ClientEvent, ServerEvent } from '@parley/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway({ MAX_ROOMS_PER_CONNECTION: '2' });
});
afterAll(() => world.stop());

test('a client that cannot receive all its rooms learns so once, with the setting', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  for (let count = 0; count < 3; count++) await world.room([ada, bob]);
  const client = await world.connect(gateway, ada, { contract: 'conversations' });
  await waitFor(client, 'error', 1);
  await client.emit('get_room_users', { roomId: room.id });
  expect(client.received('error')).toMatchObject([
    { code: 'limit_reached', type: 'LIMIT_REACHED', setting: 'MAX_ROOMS_PER_CONNECTION' },
  ]);
});

test('a client with as many rooms as it can receive gets no error', async () => {
  const eve = person('eve');
  const [room] = [await world.room([eve]), await world.room([eve])];
  const client = await world.connect(gateway, eve, { contract: 'conversations' });
  await client.emit('get_room_users', { roomId: room.id });
  expect(client.received('error')).toEqual([]);
});

test('join_rooms reports the rooms that it leaves out', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const rooms = [];
  for (let count = 0; count < 4; count++) rooms.push(await world.room([ada, bob]));
  const ids = rooms.map(({ id }) => id).sort();
  const client = await world.connect(gateway, ada);
  const joined = await client.emit('join_rooms', {});
  expect(joined).toMatchObject({ userId: ada.userId, hasMore: false });
  expect([joined.roomIds.length, joined.unheard.length]).toEqual([2, 2]);
  expect([...joined.roomIds, ...joined.unheard].sort()).toEqual(ids);
  expect(client.received('rooms_joined')).toEqual([joined]);

  const bobs = await world.connect(gateway, bob, { contract: 'groups' });
  for (const roomId of [...joined.unheard, ...joined.roomIds])
    await bobs.emit('send_message', { roomId, content: 'heard' });
  const received = await waitFor(client, 'receive_message', 2);
  expect(received.map(({ roomId }) => roomId).sort()).toEqual([...joined.roomIds].sort());

  const groups = await world.connect(gateway, ada, { contract: 'groups' });
  await groups.emit('join' as ClientEvent, ada.userId);
  const [inGroups] = await waitFor(groups, 'joined' as ServerEvent, 1);
  expect(inGroups).toEqual({
    user_id: ada.userId,
    group_ids: joined.roomIds,
    unheard: joined.unheard,
    has_more: false,
  });
});
