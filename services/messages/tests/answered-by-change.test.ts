import { type BackplaneMessage, MemoryBackplane } from '@parley/backplane';
import type { ReplyQueue } from '@parley/bus';
import { makeEvent, type SubmissionOf, type SubmissionReply } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

/** Carries the changes of all rooms but one. */
class PartialBackplane extends MemoryBackplane {
  failing: string | undefined;
  override async publish(keys: readonly string[], message: BackplaneMessage): Promise<boolean> {
    if (keys.includes(`room:${this.failing}`)) return false;
    return super.publish(keys, message);
  }
}

const backplane = new PartialBackplane();
const [ada, bob] = [person('ada'), person('bob')];
let messages: MessagesHarness;
let replyQueue: ReplyQueue;
let replies: SubmissionReply[];
/** The ids of the messages that were published to gateways. */
let published: string[];
beforeAll(async () => {
  messages = await startMessages({ backplane });
  // A publication resolves when every group has handled it.
  for (const topic of ['timeline', 'directory'] as const)
    await messages.bus.consume(topic, 'notifications', async () => undefined);
  replyQueue = await messages.bus.openReplyQueue((data) => {
    replies.push(...(data as { replies: SubmissionReply[] }).replies);
  });
  backplane.onMessage((_keys, message) => {
    if (!('changes' in message)) return;
    for (const change of message.changes) if ('message' in change) published.push(change.message.id);
  });
});
beforeEach(() => {
  [replies, published, backplane.failing] = [[], [], undefined];
});
afterAll(async () => {
  await replyQueue.close();
  await messages.stop();
});

const send = (roomId: string, by: Person, ref: number): SubmissionOf<'send'> => ({
  ...{ ref, id: newId(), roomId, by, op: 'send', answeredBy: 'change' },
  ...{ content: `message ${ref}`, clientId: null, replyTo: null, isEncrypted: false },
});
/** Resolves when the batch has been handled. */
const submit = (items: SubmissionOf<'send'>[]) =>
  messages.bus.publish(
    'submissions',
    messages.bus.partitionOf('submissions', items[0]?.roomId ?? ''),
    makeEvent('timeline.submitted', { origin: replyQueue.address, items }, { id: newId(), now: Date.now() }),
  );

test('a stored message that was published is not replied to; a refusal is', async () => {
  const room = await messages.room([ada]);
  const [stored, refused] = [send(room.id, ada, 1), send(room.id, bob, 2)];
  await submit([stored, refused]);
  await eventually(() => expect(replies).toMatchObject([{ ref: 2, ok: false }]));
  expect(published).toEqual([stored.id]);
});

test('a submission that does not state it is replied to', async () => {
  const room = await messages.room([ada]);
  const { answeredBy: _, ...asked } = send(room.id, ada, 1);
  await submit([asked]);
  await eventually(() => expect(replies).toMatchObject([{ ref: 1, ok: true, data: { repeated: false } }]));
});

test('a redelivered message is published again and replied to: gateways drop what they had', async () => {
  const room = await messages.room([ada]);
  const one = send(room.id, ada, 1);
  await submit([one]);
  await submit([one]);
  await eventually(() => expect(replies).toMatchObject([{ ref: 1, ok: true, data: { repeated: true } }]));
  expect(published).toEqual([one.id, one.id]);
});

test('messages of a room that the backplane did not carry are replied to, and no others', async () => {
  const [late, other] = [await messages.room([ada]), await messages.room([ada])];
  backplane.failing = late.id;
  await submit([send(late.id, ada, 1)]);
  await submit([send(other.id, ada, 2)]);
  await eventually(() => expect(replies).toMatchObject([{ ref: 1, ok: true, data: { repeated: false } }]));
  expect(published).toHaveLength(1);
});

test('a stored message is confirmed to a sender who has left since, under its own id only', async () => {
  const room = await messages.room([ada, bob]);
  const one = { ...send(room.id, bob, 1), clientId: 'b-1' };
  await submit([one]);
  await messages.leave(room, bob);
  await submit([{ ...one, answeredBy: undefined }]);
  await eventually(() =>
    expect(replies).toMatchObject([{ ref: 1, ok: true, data: { repeated: true, message: { id: one.id } } }]),
  );
  await submit([{ ...one, ref: 2, id: newId() }]);
  await eventually(() => expect(replies.slice(1)).toMatchObject([{ ref: 2, ok: false }]));
});
