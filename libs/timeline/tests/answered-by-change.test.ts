import { MemoryBus } from '@parley/bus';
import type { Envelope, Message, SubmissionOf, SubmissionReply, SubmittedBatch } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SubmissionInput, Submitter } from '../src/index.ts';

type Send = SubmissionOf<'send'>;
let bus: MemoryBus;
let submitter: Submitter;
let now = 0;
/** Whether the changes of rooms arrive. */
let subscribed = true;
/** The sends that the writer has received. */
let sends: Send[];
/** Rooms that were checked for missed changes. */
let checked: string[];
let found: (roomId: string) => void;
/** While set, the writer replies to nothing. */
let isAway = false;

beforeEach(async () => {
  bus = new MemoryBus({ logger: createLogger({ service: 'test', level: 'silent' }) });
  [now, subscribed, sends, checked, found, isAway] = [0, true, [], [], () => undefined, false];
  const changes = {
    include: () => subscribed,
    check: async ({ roomId }: SubmissionInput) => {
      checked.push(roomId);
      found(roomId);
    },
  };
  submitter = await Submitter.start({ bus, newId, clock: () => now, timeoutMs: 60_000, changes });
  await bus.consume('submissions', 'messages', async (envelopes: Envelope[]) => {
    for (const { data } of envelopes) {
      const { origin, items } = data as SubmittedBatch;
      sends.push(...(items as Send[]));
      const asked = items.filter((item) => (item as Send).answeredBy === undefined);
      const replies = asked.map(
        (item): SubmissionReply => ({
          ref: item.ref,
          ok: true,
          data: { op: 'send', message: stored(item as Send), repeated: true },
        }),
      );
      if (origin && replies.length > 0 && !isAway) await bus.reply(origin, { replies });
    }
  });
});
afterEach(async () => {
  await submitter.close();
  await bus.close();
});

const stored = ({ id, roomId, content }: Send) => ({ id, roomId, content, seq: 1 }) as Message;
const seen = (send: Send) =>
  submitter.seen({ kind: 'message.created', roomId: send.roomId, seq: 1, message: stored(send) });
const send = (roomId = newId()) =>
  submitter.submit({
    op: 'send',
    roomId,
    by: { userId: 'u', username: 'ada' },
    content: 'hello',
    clientId: null,
    replyTo: null,
    isEncrypted: false,
  });
const received = (count: number) => eventually(() => expect(sends).toHaveLength(count));
const one = (index: number): Send => {
  const found = sends[index];
  if (!found) throw new Error('not sent');
  return found;
};

test('a send is answered by its message, once, and by no other', async () => {
  const waiting = [send(), send()];
  await received(2);
  expect(sends.map(({ answeredBy }) => answeredBy)).toEqual(['change', 'change']);
  seen({ ...one(0), id: newId() });
  expect(submitter.pending).toBe(2);
  seen(one(1));
  seen(one(1));
  seen(one(0));
  expect(await Promise.all(waiting)).toEqual(
    [one(0), one(1)].map((item) => ({ op: 'send', message: stored(item), repeated: false })),
  );
  expect(submitter.pending).toBe(0);
});

test('where changes do not arrive, the writer is asked to reply', async () => {
  subscribed = false;
  await expect(send()).resolves.toMatchObject({ repeated: true });
  expect(one(0)).not.toHaveProperty('answeredBy');
});

test('a late message is found among the missed changes, without another submission', async () => {
  const waiting = send();
  await received(1);
  found = () => seen(one(0));
  now = 299;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(checked).toEqual([]);
  now = 301;
  await expect(waiting).resolves.toMatchObject({ repeated: false });
  expect(checked).toEqual([one(0).roomId]);
  expect(sends).toHaveLength(1);
});

test('a message that is not found either is submitted again, and the writer replies', async () => {
  const roomId = newId();
  const waiting = [send(roomId), send(roomId)];
  await received(2);
  now = 301;
  const answers = await Promise.all(waiting);
  expect(answers).toMatchObject([{ repeated: true }, { repeated: true }]);
  expect(checked).toEqual([roomId]);
  expect(sends.map(({ id }) => id)).toEqual([one(0).id, one(1).id, one(0).id, one(1).id]);
  expect(sends.slice(2).map(({ answeredBy }) => answeredBy)).toEqual([undefined, undefined]);
  // Both batches have ended: later submissions do not wait for them.
  for (let count = 0; count < 4; count++) {
    const next = send(roomId);
    await received(5 + count);
    seen(one(4 + count));
    await next;
  }
});

test('while batches usually take longer, a message is late after four times that', async () => {
  for (let count = 0; count < 40; count++) {
    const waiting = send();
    await received(count + 1);
    now += 200;
    seen(one(count));
    await waiting;
  }
  const waiting = send();
  await received(41);
  now += 700;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(checked).toEqual([]);
  now += 110;
  await waiting;
  expect(checked).toHaveLength(1);
});

test('one late message does not hold up the batches after it', async () => {
  const roomId = newId();
  const waiting = [send(roomId), send(roomId)];
  await received(2);
  seen(one(0));
  for (let count = 0; count < 4; count++) {
    const next = send(roomId);
    await received(3 + count);
    seen(one(2 + count));
    await next;
  }
  expect(submitter.pending).toBe(1);
  now = 301;
  await Promise.all(waiting);
});

test('while no message arrives at all, each is still found in bounded time', async () => {
  for (let count = 0; count < 30; count++) {
    const waiting = send();
    await eventually(() => expect(sends.length).toBeGreaterThan(2 * count));
    now += 2_000;
    await expect(waiting).resolves.toMatchObject({ repeated: true });
  }
});

test('a send is submitted twice at most, however long the writer takes', async () => {
  isAway = true;
  const waiting = send();
  await received(1);
  now = 301;
  await received(2);
  now = 30_000;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(sends).toHaveLength(2);
  seen(one(0));
  await waiting;
});
