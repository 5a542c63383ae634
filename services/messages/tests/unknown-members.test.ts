import { ask } from '@parley/bus';
import { calls, makeEvent, type Submission } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
beforeAll(async () => {
  messages = await startMessages();
  for (const group of ['gateway', 'notifications'] as const)
    await messages.bus.consume('timeline', group, async () => undefined);
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
