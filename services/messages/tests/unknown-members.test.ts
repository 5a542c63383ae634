import { ask, publishEvent } from '@parley/bus';
import { calls, makeEvent, type Submission } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
beforeAll(async () => {
  messages = await startMessages({ env: { API_RATE: '100/m' } });
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

test('a member whose join event is still on its way may write after one directory call', async () => {
  const ada = person('ada');
  const room = await messages.room([ada, person('bob')], { announce: false });
  const before = messages.asked.count;
  expect((await messages.send(ada, room, 'early bird')).seq).toBe(1);
  await messages.send(ada, room, 'again');
  expect(messages.asked.count).toBe(before + 1);
});

test('all of 1,001 unknown members may write in one batch, after three directory calls', async () => {
  const people = Array.from({ length: 1_001 }, (_, index) => person(`member${index}`));
  const room = await messages.room(people, { announce: false });
  const before = messages.asked.count;
  const items = people.map(
    (by, ref): Submission => ({
      ...{ ref, id: newId(), roomId: room.id, by, op: 'send', content: `hello ${ref}` },
      ...{ clientId: null, replyTo: null, isEncrypted: false },
    }),
  );
  const event = makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() });
  await messages.bus.publish('submissions', messages.bus.partitionOf('submissions', room.id), event);
  await eventually(async () => {
    const { heads } = await ask(messages.bus, calls.getHeads, { roomIds: [room.id] });
    expect(heads).toEqual([{ roomId: room.id, seq: 1_001 }]);
  });
  expect(messages.asked.count).toBe(before + 3);
});

test('a sync asks the directory once for all of its unknown rooms', async () => {
  const ada = person('ada');
  const mine = await messages.room([ada], { announce: false });
  const rooms = [mine.id, ...Array.from({ length: 499 }, () => newId())].map((roomId) => ({
    roomId,
    seq: 0,
  }));
  const before = messages.asked.count;
  const { status, body } = await messages.call(ada, 'POST', '/api/v1/sync', { rooms });
  expect([status, body.rooms.length, body.gone.length]).toEqual([200, 1, 499]);
  expect(messages.asked.count).toBe(before + 1);
});

test('a sync of 500 rooms counts as twenty requests', async () => {
  const ada = person('ada');
  const rooms = Array.from({ length: 500 }, () => ({ roomId: newId(), seq: 0 }));
  const sync = async () => (await messages.call(ada, 'POST', '/api/v1/sync', { rooms })).status;
  const statuses = [await sync(), await sync(), await sync(), await sync(), await sync(), await sync()];
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
});

test('a member who has left and rejoined writes and reads at once, whenever the events arrive', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await messages.room([ada, bob]);
  const left = messages.membership(room, bob, { version: 3 });
  const departure = makeEvent('member.left', { ...left, reason: 'left' }, { id: newId(), now: Date.now() });
  await ask(messages.bus, calls.revokeAccess, { events: [departure] });
  // The directory still answers version 2, as if it had answered before the departure.
  expect((await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/messages`)).status).toBe(404);
  messages.admit(room, messages.membership(room, bob, { version: 4 }));
  await messages.send(bob, room, 'back');
  await publishEvent(messages.bus, departure);
  await messages.send(bob, room, 'still here');
  expect((await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/messages`)).body.messages).toHaveLength(
    2,
  );
});
