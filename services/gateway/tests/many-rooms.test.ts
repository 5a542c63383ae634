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
