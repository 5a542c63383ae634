import { RabbitBus } from '@parley/bus';
import type { Change, ChangedBatch, Submission } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { createLogger, newId } from '@parley/runtime';
import {
  createTestAuth,
  createTestDatabase,
  eventually,
  type TestDatabase,
  testNamespace,
  testServices,
} from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TimelineMarks } from '../src/consumers/timeline-marks.ts';
import { appendRows } from '../src/stores/append.ts';
import type { Context } from '../src/usecases/context.ts';
import { writeBatch } from '../src/usecases/write-batch.ts';
import { createTestContext, type MessagesHarness, person, startMessages } from './messages-harness.ts';

const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
const namespace = testNamespace();
const { amqpUrl: url } = testServices();
const logger = createLogger({ service: 'test', level: 'silent' });

let bus: RabbitBus;
let db: Database;
let messages: MessagesHarness;
/** Another writer of the same rooms, which never publishes, as if it were killed. */
let killed: Context;
const published: Change[] = [];
let database: TestDatabase;
let stop: () => Promise<void>;
beforeAll(async () => {
  database = await createTestDatabase();
  // Rooms of different partitions share a partition of `timeline`.
  bus = await RabbitBus.connect({ url, namespace, logger, timelinePartitions: 8 });
  await bus.consume('timeline', 'notifications', async (events) => {
    for (const { data } of events) published.push(...(data as ChangedBatch).changes);
  });
  messages = await startMessages({ bus, database, auth: await createTestAuth(bus) });
  db = connectDatabase({ url: database.url, schema: 'messages' });
  killed = await createTestContext(bus, db);
  stop = async () => {
    await messages.stop();
    await killed.submitter.close();
    await db.destroy();
    await bus.close();
    await database.drop();
  };
});
afterAll(() => stop());

const partOf = (roomId: string) => ({
  partition: bus.partitionOf('submissions', roomId),
  submissions: [{ roomId }],
});
/** Of a batch of another writer. */
const markOf = (...roomIds: string[]) => new TimelineMarks({ db, newId, logger }).mark(roomIds.map(partOf));
/** Numbers in the order of their first appearance: consumers ignore those that they have seen. */
const seqsOf = (roomId: string) => [
  ...new Set(
    published.flatMap((change) => (change.roomId === roomId && 'seq' in change ? [change.seq] : [])),
  ),
];
const marks = async () => (await db('unconfirmed_changes').select('batch')).length;
const text = { clientId: null, replyTo: null, isEncrypted: false };

test('what a killed writer has left appears on `timeline` before the next change of its room', async () => {
  const room = await messages.room([ada, bob]);
  const { id: messageId } = await messages.send(ada, room, 'one');
  const gone = await messages.send(ada, room, 'two');
  const base = { ref: 0, roomId: room.id };
  const batch: Submission[] = [
    { ...base, id: newId(), op: 'send', by: ada, content: 'three', ...text },
    { ...base, id: newId(), op: 'edit', by: ada, messageId, content: 'better' },
    { ...base, id: newId(), op: 'delete', by: ada, messageId: gone.id },
    { ...base, id: newId(), op: 'react', by: bob, messageId, reaction: '👍' },
    { ...base, id: newId(), op: 'leave', by: eve, version: 9, reason: 'left' },
    { ...base, id: newId(), op: 'erase', by: ada, after: 0, upTo: null },
    { ...base, id: newId(), op: 'read', by: bob, messageId },
  ];
  const outcomes = await writeBatch({ ...killed, mark: markOf(room.id) }, batch);
  expect(outcomes.map(({ changes }) => changes.length)).toEqual([1, 1, 1, 1, 1, 3, 1]);
  const last = await messages.send(bob, room, 'the last one');
  await eventually(() => expect(seqsOf(room.id)).toContain(last.seq));
  // Each message's creation and last change, in order. Others in between are not stored; they may
  // have been published while they were.
  const [seqs, erased] = [seqsOf(room.id), [last.seq - 3, last.seq - 2, last.seq - 1]];
  expect(seqs).toEqual(seqs.toSorted((one, other) => one - other));
  expect(seqs).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6, ...erased, last.seq]));
  const receipts = published.filter(({ kind, roomId }) => roomId === room.id && kind === 'read.advanced');
  expect(receipts).not.toEqual([]);
  for (const one of receipts) expect(one).toMatchObject({ position: { userId: bob.userId, seq: 3 } });
  await eventually(async () => expect(await marks()).toBe(0));
});

test('what a failed submission has stored appears on `timeline`, too', async () => {
  const room = await messages.room([ada, bob]);
  const first = await messages.send(ada, room, 'question');
  // A reply is stored before its receipt, which cannot be.
  await db.raw('alter table read_positions rename to read_positions_away');
  const reply = await messages.call(bob, 'POST', `/api/v1/rooms/${room.id}/messages`, {
    content: 'answer',
    replyTo: first.id,
  });
  await db.raw('alter table read_positions_away rename to read_positions');
  expect(reply.status).toBe(500);
  const last = await messages.send(ada, room, 'last');
  expect(last.seq).toBe(first.seq + 2);
  await eventually(() => expect(seqsOf(room.id).slice(-3)).toEqual([first.seq, first.seq + 1, last.seq]));
});

test('a stalled transaction of the former writer does not change the order of a room', async () => {
  const room = await messages.room([ada]);
  await eventually(() => expect(seqsOf(room.id)).toEqual([1]));
  const entry = {
    ...{ roomId: room.id, id: newId(), kind: 'message' as const, senderId: ada.userId, senderName: 'ada' },
    ...{
      clientKey: newId(),
      content: 'late',
      replyTo: null,
      isEncrypted: false,
      reason: null,
      mentions: null,
      additional: null,
      allowed: true,
    },
  };
  const next = await db.transaction(async (trx) => {
    await appendRows(trx, [entry], new Date(), { mark: markOf(room.id) });
    // Waits for the room until the transaction ends.
    return { sent: messages.send(ada, room, 'next') };
  });
  expect((await next.sent).seq).toBe(3);
  await eventually(() => expect(seqsOf(room.id)).toEqual([1, 2, 3]));
});

test('changes of two writers that alternate in many partitions appear in the order of the room', async () => {
  const rooms = await Promise.all(Array.from({ length: 8 }, () => messages.room([ada])));
  const others: Promise<unknown>[] = [];
  for (let n = 0; n < 20; n++) {
    others.push(...rooms.map((room) => messages.send(ada, room, `mine ${n}`)));
    // One statement marks the rooms of all partitions.
    await writeBatch(
      { ...killed, mark: markOf(...rooms.map(({ id }) => id)) },
      rooms.map(({ id: roomId }) => {
        return { ref: 0, roomId, id: newId(), op: 'send', by: ada, content: `theirs ${n}`, ...text } as const;
      }),
    );
  }
  await Promise.all(others);
  // The partitions are taken over one after the other.
  for (const room of rooms) await messages.send(ada, room, 'the last one');
  const all = Array.from({ length: 42 }, (_, index) => index + 1);
  await eventually(() => expect(rooms.map(({ id }) => seqsOf(id).length)).toEqual(rooms.map(() => 42)));
  for (const { id } of rooms) expect(seqsOf(id)).toEqual(all);
  await eventually(async () => expect(await marks()).toBe(0));
});

test('the marks of a batch that failed halfway count as those of another writer', async () => {
  const room = await messages.room([ada]);
  await eventually(() => expect(seqsOf(room.id)).toEqual([1]));
  const marked = new TimelineMarks({ db, newId, logger });
  const { partition } = partOf(room.id);
  const mark = marked.mark([partOf(room.id)]);
  await writeBatch({ ...killed, mark }, [
    { ref: 0, roomId: room.id, id: newId(), op: 'send', by: ada, content: 'halfway', ...text },
  ]);
  const ranges = [{ roomId: room.id, first: 2, last: 2 }];
  expect(await marked.takeNew([partition])).not.toContainEqual(expect.objectContaining({ ranges }));
  marked.abandon();
  expect(await marked.takeNew([partition])).toContainEqual(expect.objectContaining({ ranges }));
  expect(await marked.takeNew([partition])).toEqual([]);
  marked.confirm([...mark.parts.values()], []);
  await marked.close();
});

test('a writer that stops leaves no mark; one that starts publishes what others have left', async () => {
  const room = await messages.room([ada, bob]);
  await messages.send(ada, room, 'confirmed');
  await eventually(() => expect(seqsOf(room.id)).toEqual([1, 2, 3]));
  await messages.stop();
  expect(await marks()).toBe(0);
  await writeBatch({ ...killed, mark: markOf(room.id) }, [
    { ref: 0, roomId: room.id, id: newId(), op: 'send', by: ada, content: 'left', ...text },
  ]);
  const auth = await createTestAuth(bus);
  messages = await startMessages({ bus, database, auth });
  await eventually(() => expect(seqsOf(room.id)).toEqual([1, 2, 3, 4]));
  await eventually(async () => expect(await marks()).toBe(0));
});
