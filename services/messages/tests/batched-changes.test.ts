import { type BackplaneMessage, MemoryBackplane } from '@parley/backplane';
import type { ReplyQueue } from '@parley/bus';
import {
  type Change,
  type ChangedBatch,
  makeEvent,
  type RoomState,
  type Submission,
  type SubmissionReply,
} from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, eventually, type TestDatabase } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Context } from '../src/usecases/context.ts';
import { writeBatch } from '../src/usecases/write-batch.ts';
import {
  createTestContext,
  type MessagesHarness,
  type Person,
  person,
  startMessages,
} from './messages-harness.ts';

const [ada, bob] = [person('ada'), person('bob')];
const backplane = new MemoryBackplane();
let database: TestDatabase;
let db: Database;
let messages: MessagesHarness;
let context: Context;
let replyQueue: ReplyQueue;
const replies: SubmissionReply[] = [];
const published: Change[] = [];
/** Received by other services. */
const timeline: Change[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  messages = await startMessages({ database, backplane });
  await messages.bus.consume('directory', 'notifications', async () => undefined);
  await messages.bus.consume('timeline', 'notifications', async (events) => {
    for (const { data } of events) timeline.push(...(data as ChangedBatch).changes);
  });
  replyQueue = await messages.bus.openReplyQueue((data) => {
    replies.push(...(data as { replies: SubmissionReply[] }).replies);
  });
  backplane.onMessage((_keys, message: BackplaneMessage) => {
    if ('changes' in message) published.push(...message.changes);
  });
  db = connectDatabase({ url: database.url, schema: 'messages' });
  context = await createTestContext(messages.bus, db);
});
afterAll(async () => {
  await context.submitter.close();
  await replyQueue.close();
  await messages.stop();
  await db.destroy();
  await database.drop();
});

const base = (room: RoomState, by: Person, ref = 0) => ({ ref, id: newId(), roomId: room.id, by });
const send = (room: RoomState, by: Person, ref = 0): Submission => ({
  ...base(room, by, ref),
  ...{ op: 'send', content: 'hello', clientId: null, replyTo: null, isEncrypted: false },
});
const edit = (room: RoomState, by: Person, messageId: string, content: string): Submission => ({
  ...base(room, by),
  ...{ op: 'edit', messageId, content },
});
const react = (
  room: RoomState,
  by: Person,
  messageId: string,
  reaction: string,
  on?: boolean,
): Submission => ({
  ...base(room, by),
  ...{ op: 'react', messageId, reaction, ...(on !== undefined && { on }) },
});
const remove = (room: RoomState, by: Person, messageId: string): Submission => ({
  ...base(room, by),
  ...{ op: 'delete', messageId },
});

/** Runs `work` and counts its statements. */
async function counting(work: () => Promise<unknown>): Promise<number> {
  let statements = 0;
  const count = () => void statements++;
  db.on('query', count);
  try {
    await work();
  } finally {
    db.removeListener('query', count);
  }
  return statements;
}

test('the number of statements does not depend on the edits, reactions and sends of a batch', async () => {
  const statementsFor = async (n: number) => {
    const rooms = await Promise.all([1, 2].map(() => messages.room([ada, bob])));
    const ids = await Promise.all(
      Array.from({ length: 2 * n }, async (_, at) => {
        const room = rooms[at % 2] as RoomState;
        return { room, id: (await messages.send(ada, room, 'before')).id };
      }),
    );
    const batch = ids.flatMap(({ room, id }, at) => [
      send(room, ada),
      at < n ? edit(room, ada, id, `after ${at}`) : react(room, bob, id, '👍'),
    ]);
    const count = await counting(async () => {
      const outcomes = await writeBatch(context, batch);
      expect(outcomes.filter(({ answer }) => answer instanceof Error)).toEqual([]);
    });
    const toggled = ids.slice(n).map(({ room, id }) => react(room, bob, id, '👍'));
    return [count, await counting(() => writeBatch(context, toggled))];
  };
  const few = await statementsFor(2);
  expect(few[0]).toBeLessThanOrEqual(13);
  expect(await statementsFor(60)).toEqual(few);
});

test('new messages are published and acknowledged before the edits of their batch are stored', async () => {
  const room = await messages.room([ada, bob]);
  const { id } = await messages.send(ada, room, 'before');
  const [sent, edited] = [send(room, ada, 1), { ...edit(room, ada, id, 'after'), ref: 2 }];
  const items = [edited, sent, { ...react(room, bob, id, '👍'), ref: 3 }];
  const event = makeEvent(
    'timeline.submitted',
    { origin: replyQueue.address, items },
    { id: newId(), now: Date.now() },
  );
  const kinds = () => published.filter(({ roomId }) => roomId === room.id).map(({ kind }) => kind);
  const blocking = await db.transaction();
  await blocking.raw('select from timeline where id = :id for update', { id });
  const submitted = messages.bus.publish(
    'submissions',
    messages.bus.partitionOf('submissions', room.id),
    event,
  );
  try {
    await eventually(() => {
      expect(kinds().at(-1)).toBe('message.created');
      expect(replies.map(({ ref }) => ref)).toEqual([1]);
    });
  } finally {
    await blocking.commit();
    await submitted;
  }
  await eventually(() => {
    expect(kinds().slice(-3)).toEqual(['message.created', 'message.edited', 'message.reacted']);
    expect(replies.map(({ ref }) => ref)).toEqual([1, 2, 3]);
  });
  // The edit arrived first, but its number follows that of the message.
  await eventually(() => {
    const own = timeline.filter(({ roomId }) => roomId === room.id);
    const numbers = own.flatMap((change) => ('seq' in change ? [change.seq] : []));
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('changes that are written together', () => {
  type Step = { op: 'edit' | 'delete' | 'react'; who: 0 | 1; message: number; word: number; on?: boolean };
  const step = fc.record<Step>(
    {
      op: fc.constantFrom('edit', 'react', 'react', 'react', 'delete'),
      who: fc.constantFrom(0, 1),
      message: fc.nat(2),
      word: fc.nat(2),
      on: fc.boolean(),
    },
    { requiredKeys: ['op', 'who', 'message', 'word'] },
  );
  const people = [ada, bob] as const;
  const words = ['❤', '❤\ufe0f', '🎉'];

  /** A room with three messages, and what the database holds of it afterwards. */
  async function run(steps: readonly Step[], write: (all: Submission[]) => Promise<unknown[]>) {
    const room = await messages.room([ada, bob]);
    const ids: string[] = [];
    for (const by of [ada, bob, ada]) ids.push((await messages.send(by, room, 'hello')).id);
    const answers = await write(
      steps.map(({ op, who, message, word, on }) => {
        const [by, id] = [people[who], ids[message] ?? ''];
        if (op === 'edit') return edit(room, by, id, words[word] ?? '');
        return op === 'react' ? react(room, by, id, words[word] ?? '', on) : remove(room, by, id);
      }),
    );
    const stored = await db('timeline')
      .where({ room_id: room.id })
      .orderBy('seq')
      .select('seq', 'changed_seq', 'content', 'reactions', db.raw('deleted_at is null as there'));
    const reactions = await db('reactions')
      .where({ room_id: room.id })
      .select('message_id', 'user_id', 'reaction');
    const head = await db('rooms').where({ id: room.id }).first('seq');
    const named = reactions
      .map((row) => `${ids.indexOf(row.message_id)} ${row.user_id} ${row.reaction}`)
      .sort();
    return { answers, stored, named, head };
  }
  const kindOf = ({ answer, changes }: Awaited<ReturnType<typeof writeBatch>>[number]) => [
    answer instanceof Error ? answer.code : 'repeated' in answer && answer.repeated,
    changes.map((change) => [change.kind, 'seq' in change && change.seq]),
  ];

  test('have the same outcomes and leave the same rows as one by one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const together = await run(steps, async (all) => (await writeBatch(context, all)).map(kindOf));
        const oneByOne = await run(steps, async (all) => {
          const answers = [];
          for (const one of all) answers.push(...(await writeBatch(context, [one])).map(kindOf));
          return answers;
        });
        expect(together).toEqual(oneByOne);
      }),
      { numRuns: 40, seed: 15 },
    );
  });

  test('change nothing when the batch is delivered again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const toggles = steps.filter(({ op, on }) => op === 'react' && on === undefined);
        const once = await run(toggles, (all) => writeBatch(context, all));
        const twice = await run(toggles, async (all) => {
          await writeBatch(context, all);
          return writeBatch(context, all);
        });
        expect({ ...twice, answers: [] }).toEqual({ ...once, answers: [] });
      }),
      { numRuns: 20, seed: 15 },
    );
  });
});
