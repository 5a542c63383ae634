import { MemoryBus } from '@parley/bus';
import type { Envelope, Submission, SubmissionReply, SubmittedBatch } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SubmissionInput, Submitter, type SubmitterOptions } from '../src/index.ts';

let bus: MemoryBus;
let submitter: Submitter;
let events: SubmittedBatch[];
let now = 0;
/** The test writer's answer; undefined: none. */
let decide: (item: Submission) => SubmissionReply | undefined;

beforeEach(async () => {
  bus = new MemoryBus({ logger: createLogger({ service: 'test', level: 'silent' }) });
  events = [];
  now = 0;
  decide = ({ ref, roomId }) => ({
    ref,
    ok: true,
    data: { op: 'read', position: { roomId, userId: 'u', seq: 1, readAt: '' } },
  });
  submitter = await Submitter.start({ bus, newId, clock: () => now, timeoutMs: 1_000, maxPending: 50 });
  await bus.consume('submissions', 'messages', async (envelopes: Envelope[]) => {
    for (const envelope of envelopes) {
      const batch = envelope.data as SubmittedBatch;
      events.push(batch);
      const replies = batch.items.flatMap((item) => decide(item) ?? []);
      if (batch.origin) await bus.reply(batch.origin, { replies });
    }
  });
});
afterEach(async () => {
  await submitter.close();
  await bus.close();
});

const read = (roomId = newId()): SubmissionInput => ({
  op: 'read',
  roomId,
  by: { userId: 'u', username: 'ada' },
  messageId: null,
});

test('each author gets the answer to their own submission', async () => {
  const rooms = Array.from({ length: 40 }, () => newId());
  const results = await Promise.all(rooms.map((roomId) => submitter.submit(read(roomId))));
  expect(results.map((result) => result.op === 'read' && result.position.roomId)).toEqual(rooms);
  expect(submitter.pending).toBe(0);
});

test('submissions of one tick to one partition travel as one event, in order', async () => {
  const roomId = newId();
  await Promise.all(Array.from({ length: 30 }, () => submitter.submit(read(roomId))));
  expect(events.map(({ items }) => items.length)).toEqual([30]);
  const refs = events[0]?.items.map(({ ref }) => ref) ?? [];
  expect(refs).toEqual([...refs].sort((a, b) => a - b));
});

test('while two batches are in flight, submissions wait and then travel together, in order', async () => {
  const roomId = newId();
  const answer = decide;
  decide = () => undefined;
  const outcomes: Promise<string>[] = [];
  const submitNow = async () => {
    outcomes.push(
      submitter.submit(read(roomId)).then(
        ({ op }) => op,
        (error: AppError) => error.code,
      ),
    );
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (let count = 0; count < 6; count++) await submitNow();
  await eventually(() => expect(events.map(({ items }) => items.map(({ ref }) => ref))).toEqual([[1], [2]]));
  decide = answer;
  await bus.reply(events[0]?.origin ?? '', { replies: [{ ref: 1, ok: true, data: { op: 'leave' } }] });
  await eventually(() =>
    expect(events.map(({ items }) => items.map(({ ref }) => ref))).toEqual([[1], [2], [3, 4, 5, 6]]),
  );
  // The second batch stays unanswered until it times out.
  decide = () => undefined;
  await submitNow();
  await submitNow();
  await eventually(() =>
    expect(events.map(({ items }) => items.map(({ ref }) => ref)).slice(3)).toEqual([[7]]),
  );
  now = 1_001;
  await eventually(async () =>
    expect((await Promise.all(outcomes)).slice(0, 6)).toEqual([
      'leave',
      'timeout',
      'read',
      'read',
      'read',
      'read',
    ]),
  );
  decide = answer;
  await expect(submitter.submit(read(roomId))).resolves.toMatchObject({ op: 'read' });
});

test("the writer's refusal reaches the author as the same error", async () => {
  decide = ({ ref }) => ({
    ref,
    ok: false,
    error: new AppError('rate_limit', { retryAfterMs: 700 }).toData(),
  });
  await expect(submitter.submit(read())).rejects.toMatchObject({
    code: 'rate_limit',
    retryAfterMs: 700,
    retryable: true,
  });
});

test('an author without a timely answer gets a retryable timeout, and a late answer is ignored', async () => {
  let late: (() => unknown) | undefined;
  decide = ({ ref }) => {
    const origin = events.at(-1)?.origin;
    late = () => origin && bus.reply(origin, { replies: [{ ref, ok: true, data: { op: 'join' } }] });
    return undefined;
  };
  const waiting = submitter.submit(read());
  const timedOut = expect(waiting).rejects.toMatchObject({ code: 'timeout', retryable: true });
  await eventually(() => expect(late).toBeDefined());
  now = 1_001;
  await timedOut;
  late?.();
  decide = ({ ref }) => ({ ref, ok: true, data: { op: 'leave' } });
  expect(await submitter.submit(read())).toEqual({ op: 'leave' });
});

test('submissions beyond `maxPending` are refused as unavailable until pending ones end', async () => {
  decide = () => undefined;
  const waiting = Array.from({ length: 50 }, () =>
    submitter.submit(read()).catch((error: AppError) => error.code),
  );
  await expect(submitter.submit(read())).rejects.toMatchObject({ code: 'unavailable' });
  await eventually(() => expect(events.flatMap(({ items }) => items)).toHaveLength(50));
  now = 2_000;
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['timeout']));
  decide = ({ ref }) => ({ ref, ok: true, data: { op: 'leave' } });
  expect(await submitter.submit(read())).toEqual({ op: 'leave' });
});

test('after a lost connection unanswered submissions are sent again in order, before new ones', async () => {
  const recoveries: (() => void)[] = [];
  const lossy: SubmitterOptions['bus'] = {
    onRecovered: (callback) => void recoveries.push(callback),
    publish: (topic, partition, event) => bus.publish(topic, partition, event),
    partitionOf: (topic, key) => bus.partitionOf(topic, key),
    openReplyQueue: (handler) => bus.openReplyQueue(handler),
  };
  const recovering = await Submitter.start({ bus: lossy, newId, clock: () => now });
  const roomId = newId();
  const answer = decide;
  decide = () => undefined;
  const waiting = [recovering.submit(read(roomId)), recovering.submit(read(roomId))];
  await eventually(() => expect(events).toHaveLength(1));
  decide = answer;
  waiting.push(recovering.submit(read(roomId)));
  for (const recover of recoveries) recover();
  await Promise.all(waiting);
  expect(events.map(({ items }) => items.map(({ ref }) => ref))).toEqual([
    [1, 2],
    [1, 2, 3],
  ]);
  expect(events[1]?.items.map(({ id }) => id).slice(0, 2)).toEqual(events[0]?.items.map(({ id }) => id));
  await recovering.close();
});

test('closing rejects all pending submissions', async () => {
  decide = () => undefined;
  const waiting = submitter.submit(read());
  const answered = expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  await submitter.close();
  await answered;
  await expect(submitter.submit(read())).rejects.toMatchObject({ code: 'unavailable' });
});
