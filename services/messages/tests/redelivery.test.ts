import { MemoryBus } from '@parley/bus';
import { type Change, type ChangedBatch, makeEvent, partitionOf, type Submission } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { createTestAuth, createTestDatabase, eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const changes: Change[] = [];
const ada = person('ada');
const bob = person('bob');

beforeAll(async () => {
  messages = await startMessages();
  const collect = async (batches: { data: unknown }[]) => {
    for (const batch of batches) changes.push(...(batch.data as ChangedBatch).changes);
  };
  await messages.bus.consume('timeline', 'gateway', collect);
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

const seqsOf = (roomId: string) => changes.flatMap((change) => (change.roomId === roomId && 'seq' in change ? [change.seq] : []));

describe('at least once', () => {
  const submitted = (items: Submission[]) =>
    messages.bus.publish(
      'submissions',
      partitionOf('submissions', items[0]?.roomId ?? ''),
      makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() }),
    );

  test('a batch that is delivered again stores nothing twice and tells the members again under the same numbers', async () => {
    const room = await messages.room([ada]);
    const sent = await messages.send(ada, room, 'target');
    const base = { ref: 0, roomId: room.id, by: ada };
    const batch: Submission[] = [
      { ...base, id: newId(), op: 'send', content: 'without a key', clientId: null, replyTo: null, isEncrypted: false },
      { ...base, id: newId(), op: 'react', messageId: sent.id, reaction: '👍' },
      { ...base, id: newId(), op: 'edit', messageId: sent.id, content: 'changed' },
    ];
    await submitted(batch);
    await submitted(batch);
    await eventually(() => expect(seqsOf(room.id)).toEqual([1, 2, 3, 4, 5, 3, 5, 5]));
    const history = await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`);
    expect(history.body.messages.map((one: { content: string }) => one.content)).toEqual(['changed', 'without a key']);
    expect(history.body.messages[0].reactions).toHaveLength(1);
  });

  test('a join that the directory tells twice is one row; one that comes after the leave that followed it does not bring the member back', async () => {
    const room = await messages.room([ada]);
    const joined = makeEvent(
      'member.joined',
      { roomId: room.id, room, membership: messages.membership(room, bob, { version: 2 }), addedBy: null },
      { id: newId(), now: Date.now() },
    );
    const left = makeEvent(
      'member.left',
      { roomId: room.id, userId: bob.userId, username: 'bob', version: 3, reason: 'left' as const },
      { id: newId(), now: Date.now() },
    );
    for (const event of [joined, left, joined]) await messages.bus.publish('directory', partitionOf('directory', room.id), event);
    expect((await messages.send(ada, room, 'after')).seq).toBe(4);
    expect((await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/messages`)).status).toBe(404);
  });

  test('a submission that no statement can store is answered with an error; its neighbours are stored', async () => {
    const room = await messages.room([ada]);
    const base = { ref: 0, roomId: room.id, by: ada, clientId: null, replyTo: null, isEncrypted: false, op: 'send' as const };
    await submitted([
      { ...base, id: newId(), content: 'before' },
      { ...base, id: newId(), content: 'broken \u0000' },
      { ...base, id: newId(), content: 'after' },
    ]);
    const history = await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`);
    expect(history.body.messages.map((one: { content: string }) => one.content)).toEqual(['before', 'after']);
  });
});

test('on a bus that forgets with its process, what was stored last is told again at the next start, under the same numbers', async () => {
  const database = await createTestDatabase();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const told: number[][] = [];
  for (const life of [0, 1]) {
    const bus = new MemoryBus({ logger });
    const seqs: number[] = [];
    told.push(seqs);
    await bus.consume('timeline', 'gateway', async (batches) => {
      for (const batch of batches) {
        for (const change of (batch.data as ChangedBatch).changes) if ('seq' in change) seqs.push(change.seq);
      }
    });
    await bus.consume('timeline', 'notifications', async () => undefined);
    await bus.consume('directory', 'notifications', async () => undefined);
    const replica = await startMessages({ bus, database, auth: await createTestAuth(bus) });
    if (life === 0) {
      const room = await replica.room([ada, bob]);
      for (const content of ['one', 'two', 'three']) await replica.send(ada, room, content);
    }
    await eventually(() => expect(seqs).toEqual([1, 2, 3, 4, 5]));
    await replica.stop();
    await bus.close();
  }
  expect(told[1]).toEqual(told[0]);
  await database.drop();
});
