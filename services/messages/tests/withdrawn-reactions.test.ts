import { ask } from '@parley/bus';
import { calls, makeEvent, type Submission } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

const dayMs = 86_400_000;
let database: TestDatabase;
let db: Database;
let messages: MessagesHarness;
const [ada, bob] = [person('ada'), person('bob')];

beforeAll(async () => {
  database = await createTestDatabase();
  messages = await start();
  db = connectDatabase({ url: database.url, schema: 'messages' });
});
afterAll(async () => {
  await messages.stop();
  await db.destroy();
  await database.drop();
});

async function start(clock?: () => number): Promise<MessagesHarness> {
  const started = await startMessages({ database, ...(clock && { clock }) });
  await started.bus.consume('timeline', 'notifications', async () => undefined);
  await started.bus.consume('directory', 'notifications', async () => undefined);
  return started;
}

async function setUp() {
  const room = await messages.room([ada, bob]);
  const { id: messageId } = await messages.send(ada, room, 'vote');
  const path = `/api/v1/rooms/${room.id}/messages/${messageId}`;
  return {
    room,
    messageId,
    path,
    react: (reaction: string, on?: boolean) =>
      messages.call(bob, 'POST', `${path}/reactions`, { reaction, on }),
    rows: () => db('reactions').where({ message_id: messageId }).select('reaction'),
  };
}

test('a reaction that is taken back leaves no row, and absent clients learn of its end', async () => {
  const { room, messageId, react, rows } = await setUp();
  const head = (await react('👍')).body.changedSeq;
  const seqs = [];
  for (const reaction of ['👍', '👍', '🎉', '👍']) seqs.push((await react(reaction)).body.changedSeq);
  await react('🎉', false);
  expect(seqs).toEqual([1, 2, 3, 4].map((step) => head + step));
  expect(await rows()).toEqual([]);
  const cursor = { roomId: room.id, seq: head, readSeq: 0 };
  const synced = await messages.call(ada, 'POST', '/api/v1/sync', { rooms: [cursor] });
  expect(synced.body.rooms[0]).toMatchObject({
    seq: head + 5,
    changes: [{ seq: head + 5, message: { id: messageId, reactions: [] } }],
  });
});

test('the reactions to a deleted message leave no row', async () => {
  const { path, react, rows } = await setUp();
  await react('👍');
  expect(await rows()).toHaveLength(1);
  await messages.call(ada, 'DELETE', path);
  expect(await rows()).toEqual([]);
});

test('toggles that are delivered again after a crash do not toggle back', async () => {
  const { room, messageId } = await setUp();
  const toggles = Array.from(
    { length: 3 },
    (): Submission => ({
      ...{ ref: 0, id: newId(), roomId: room.id, by: bob },
      ...{ op: 'react', messageId, reaction: '👍' },
    }),
  );
  const submit = (items: Submission[]) =>
    messages.bus.publish(
      'submissions',
      messages.bus.partitionOf('submissions', room.id),
      makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() }),
    );
  const state = async () => {
    // A later write proves that the batch was handled.
    await messages.send(ada, room, 'after');
    const { messages: found } = await ask(messages.bus, calls.getMessages, {
      messages: [{ roomId: room.id, seq: 3 }],
    });
    return [found[0]?.changedSeq, found[0]?.reactions.length];
  };
  await submit(toggles.slice(0, 2));
  expect(await state()).toEqual([5, 0]);
  await submit(toggles.slice(0, 2));
  await submit(toggles.slice(1, 2));
  expect(await state()).toEqual([5, 0]);
  await submit(toggles);
  expect(await state()).toEqual([8, 1]);
  await submit(toggles);
  expect(await state()).toEqual([8, 1]);
});

test('withdrawals are forgotten after a day, like the inactive rows of earlier releases', async () => {
  const { room, messageId, react, rows } = await setUp();
  await react('🎉');
  await react('👍');
  await react('👍');
  await db.raw(
    `insert into reactions (room_id, message_id, user_id, reaction, active, submission_id, reacted_at)
     select :roomId, :messageId, gen_random_uuid(), '👎', false, gen_random_uuid(), now()
       from generate_series(1, 2500)`,
    { roomId: room.id, messageId },
  );
  expect(await db('withdrawn_reactions').first()).toBeDefined();
  const later = await start(() => Date.now() + 2 * dayMs);
  try {
    await eventually(async () => {
      expect(await db('withdrawn_reactions')).toEqual([]);
      expect(await rows()).toEqual([{ reaction: '🎉' }]);
    });
  } finally {
    await later.stop();
  }
});
