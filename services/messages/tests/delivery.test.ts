import { ask } from '@parley/bus';
import { type Change, calls, makeEvent } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

const receiptsUpTo = 5;
let messages: MessagesHarness;
const changes: Change[] = [];
beforeAll(async () => {
  messages = await startMessages({ env: { RECEIPTS_UP_TO: `${receiptsUpTo}` } });
  await messages.bus.consume('timeline', 'notifications', async (events) => {
    for (const event of events) changes.push(...(event.data as { changes: Change[] }).changes);
  });
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];
const put = (who: Person, id: string, status: string) =>
  messages.call(who, 'PUT', `/messages/${id}/status`, { status });
const receipts = (roomId: string) =>
  changes.flatMap((change) =>
    change.roomId === roomId && (change.kind === 'delivery.advanced' || change.kind === 'read.advanced')
      ? [[change.kind, change.by.username, change.messageId, change.position.seq, change.to?.length]]
      : [],
  );

test('delivery advances once, is published once, never goes back, and follows from reading', async () => {
  const room = await messages.room([ada, bob], { kind: 'direct' });
  const [first, second] = [await messages.send(ada, room, 'one'), await messages.send(ada, room, 'two')];
  expect((await put(bob, second.id, 'delivered')).body.status).toBe('delivered');
  expect((await put(bob, first.id, 'delivered')).body.status).toBe('delivered');
  expect((await put(bob, second.id, 'delivered')).body.status).toBe('delivered');
  expect((await put(bob, second.id, 'read')).body.status).toBe('read');
  expect((await put(bob, second.id, 'delivered')).body.status).toBe('read');
  await eventually(() => expect(receipts(room.id)).toHaveLength(2));
  expect(receipts(room.id)).toEqual([
    ['delivery.advanced', 'bob', second.id, second.seq, 2],
    ['read.advanced', 'bob', second.id, second.seq, 2],
  ]);
});

test('a receipt that is sent many times at once is published once', async () => {
  const room = await messages.room([ada, bob]);
  const messageId = (await messages.send(ada, room, 'one')).id;
  const reads = Array.from({ length: 20 }, () => ({
    id: newId(),
    ref: 0,
    op: 'read' as const,
    roomId: room.id,
    by: bob,
    messageId,
  }));
  await messages.bus.publish(
    'submissions',
    messages.bus.partitionOf('submissions', room.id),
    makeEvent('timeline.submitted', { origin: null, items: reads }, { id: newId(), now: Date.now() }),
  );
  await eventually(() => expect(receipts(room.id)).not.toEqual([]));
  expect(receipts(room.id)).toHaveLength(1);
});

test('receipts of a large room go to their reader alone; the author asks for counts', async () => {
  const others = Array.from({ length: receiptsUpTo - 1 }, (_, index) => person(`member ${index}`));
  const small = await messages.room([ada, ...others]);
  const large = await messages.room([ada, bob, ...others]);
  for (const [room, addressees] of [
    [small, undefined],
    [large, 1],
  ] as const) {
    const { id, seq } = await messages.send(ada, room, 'one');
    const [first, second] = others as [Person, Person];
    await put(first, id, 'read');
    await put(second, id, 'delivered');
    await eventually(() => expect(receipts(room.id)).toHaveLength(2));
    expect(receipts(room.id)).toEqual([
      ['read.advanced', first.username, id, seq, addressees],
      ['delivery.advanced', second.username, id, seq, addressees],
    ]);
    const path = `/api/v1/rooms/${room.id}/messages/${id}/receipts`;
    const recipients = room === large ? receiptsUpTo : receiptsUpTo - 1;
    expect((await messages.call(ada, 'GET', path)).body).toEqual({
      ...{ messageId: id, recipients, delivered: 2, read: 1 },
    });
    expect((await messages.call(first, 'GET', path)).body.code).toBe('not_authorized');
    expect((await messages.call(eve, 'GET', path)).body.code).toBe('room_not_found');
    expect((await messages.call(ada, 'GET', path.replace(id, newId()))).body.code).toBe('message_not_found');
  }
});

test('a delivered message stays unread and sets no read position', async () => {
  const room = await messages.room([ada, bob]);
  const { id } = await messages.send(ada, room, 'one');
  await put(bob, id, 'delivered');
  const { body } = await messages.call(bob, 'GET', '/api/v1/unread');
  expect(body.rooms).toContainEqual(expect.objectContaining({ roomId: room.id, unread: 1, readSeq: 0 }));
  expect((await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/read-positions`)).body.positions).toEqual(
    [],
  );
});

test('delivery in a foreign room, or of a missing message, is refused as not found', async () => {
  const room = await messages.room([ada, bob]);
  const { id } = await messages.send(ada, room, 'one');
  expect(await put(eve, id, 'delivered')).toMatchObject({ status: 404, body: { code: 'message_not_found' } });
  expect(await put(bob, newId(), 'delivered')).toMatchObject({
    status: 404,
    body: { code: 'message_not_found' },
  });
});

test('latest messages: one per own room, without deleted messages and foreign rooms', async () => {
  const [full, empty, foreign] = [
    await messages.room([ada, bob]),
    await messages.room([ada, bob]),
    await messages.room([bob, eve]),
  ];
  const kept = await messages.send(ada, full, 'one');
  const gone = await messages.send(bob, full, 'two');
  await messages.send(bob, foreign, 'secret');
  await messages.call(bob, 'DELETE', `/messages/${gone.id}`);
  const roomIds = [full.id, empty.id, foreign.id, newId()];
  const latest = await ask(messages.bus, calls.getLatestMessages, { userId: ada.userId, roomIds });
  expect(latest.messages.map(({ message, status }) => [message.id, status])).toEqual([[kept.id, 'sent']]);
});

test('after a block, neither user of a direct room sees what the other reads, until it ends', async () => {
  const room = await messages.room([ada, bob], { kind: 'direct' });
  const version = { last: 10 };
  const allow = async (canSend: boolean) => {
    for (const who of [ada, bob]) {
      const membership = messages.membership(room, who, { canSend, version: ++version.last });
      const event = makeEvent(
        'member.updated',
        { roomId: room.id, membership },
        { id: newId(), now: Date.now() },
      );
      await ask(messages.bus, calls.revokeAccess, { events: [event] });
    }
  };
  const first = await messages.send(ada, room, 'one');
  await messages.send(bob, room, 'two');
  const seenBy = async (who: Person) => {
    const path = `/api/v1/rooms/${room.id}/read-positions`;
    const { positions } = (await messages.call(who, 'GET', path)).body;
    return positions.map(({ userId }: { userId: string }) => (userId === ada.userId ? 'ada' : 'bob')).sort();
  };
  const sync = async (readSeq: number) =>
    (await messages.call(ada, 'POST', '/api/v1/sync', { rooms: [{ roomId: room.id, seq: 0, readSeq }] })).body
      .rooms[0];
  const statusOf = async () =>
    (await messages.call(ada, 'GET', `/messages/conversation/${room.id}`)).body[0].status;
  await allow(false);
  await put(bob, first.id, 'read');
  await put(ada, first.id, 'delivered');
  await eventually(() => expect(receipts(room.id).map((receipt) => receipt.at(-1))).toEqual([1, 1]));
  expect([await seenBy(ada), await seenBy(bob)]).toEqual([[], ['bob']]);
  const blocked = await sync(0);
  expect(blocked.positions.map(({ userId }: { userId: string }) => userId)).toEqual([ada.userId]);
  expect(await statusOf()).toBe('sent');
  await allow(true);
  expect(await seenBy(ada)).toEqual(['bob']);
  const { positions } = await sync(blocked.readSeq);
  expect(positions.map(({ userId }: { userId: string }) => userId)).toContain(bob.userId);
  expect(await statusOf()).toBe('read');
});
