import { ask, MemoryBus, publishEvent } from '@parley/bus';
import {
  type Change,
  type ChangedBatch,
  calls,
  type EventData,
  type EventOf,
  type EventType,
  makeEvent,
  type Submission,
} from '@parley/contracts';
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
  await messages.bus.consume('timeline', 'notifications', collect);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

const seqsOf = (roomId: string) =>
  changes.flatMap((change) => (change.roomId === roomId && 'seq' in change ? [change.seq] : []));

describe('at least once', () => {
  test('repeated directory events, even concurrent, change no room, member or timeline', async () => {
    const [room, doomed] = [await messages.room([ada]), await messages.room([ada, bob])];
    const event = <T extends EventType>(type: T, data: EventData<T>) =>
      makeEvent(type, data, { id: newId(), now: Date.now() }) as EventOf<EventType>;
    const bobs = (version: number, role: 'admin' | 'member' = 'member') =>
      messages.membership(room, bob, { version, role });
    const left = (version: number) => ({
      roomId: room.id,
      userId: bob.userId,
      username: 'bob',
      version,
      reason: 'left' as const,
    });
    const events = [
      event('member.joined', { roomId: room.id, room, membership: bobs(2), addedBy: null }),
      event('member.updated', { roomId: room.id, membership: bobs(3, 'admin') }),
      event('member.left', left(4)),
      event('room.updated', { room: { ...room, name: 'another name' } }),
      event('member.joined', {
        roomId: room.id,
        room: { ...room, name: 'another name' },
        membership: bobs(5),
        addedBy: null,
      }),
      event('member.left', left(6)),
      event('room.deleted', { roomId: doomed.id, by: ada.userId }),
    ];
    for (const one of events) await publishEvent(messages.bus, one);
    const state = async () => [
      (await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`)).body,
      await ask(messages.bus, calls.getChanges, { roomId: room.id, afterSeq: 0, limit: 100 }),
      (await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/messages`)).status,
      (await messages.call(bob, 'GET', '/api/v1/unread')).body,
      (await messages.call(ada, 'GET', `/api/v1/rooms/${doomed.id}/messages`)).status,
    ];
    const before = await state();
    expect(before[2]).toBe(404);
    expect(before[4]).toBe(404);
    for (const one of events)
      await Promise.all([publishEvent(messages.bus, one), publishEvent(messages.bus, one)]);
    expect(await state()).toEqual(before);
    await Promise.all([...events, ...events].map((one) => publishEvent(messages.bus, one)));
    expect(await state()).toEqual(before);
    // Ada's join, then bob's: join, leave, join, leave.
    expect((await messages.send(ada, room, 'after')).seq).toBe(6);
  });

  const submitted = (items: Submission[]) =>
    messages.bus.publish(
      'submissions',
      messages.bus.partitionOf('submissions', items[0]?.roomId ?? ''),
      makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() }),
    );

  test('a redelivered batch stores nothing twice and publishes the same numbers again', async () => {
    const room = await messages.room([ada]);
    const sent = await messages.send(ada, room, 'target');
    const base = { ref: 0, roomId: room.id, by: ada };
    const batch: Submission[] = [
      {
        ...base,
        id: newId(),
        op: 'send',
        content: 'without a key',
        clientId: null,
        replyTo: null,
        isEncrypted: false,
      },
      { ...base, id: newId(), op: 'react', messageId: sent.id, reaction: '👍' },
      { ...base, id: newId(), op: 'edit', messageId: sent.id, content: 'changed' },
    ];
    await submitted(batch);
    await submitted(batch);
    await eventually(() => expect(seqsOf(room.id)).toEqual([1, 2, 3, 4, 5, 3, 5, 5]));
    const history = await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`);
    expect(history.body.messages.map((one: { content: string }) => one.content)).toEqual([
      'changed',
      'without a key',
    ]);
    expect(history.body.messages[0].reactions).toHaveLength(1);
  });

  test('a repeated join is one row, and after the leave it does not bring the member back', async () => {
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
    for (const event of [joined, left, joined])
      await messages.bus.publish('directory', messages.bus.partitionOf('directory', room.id), event);
    expect((await messages.send(ada, room, 'after')).seq).toBe(4);
    expect((await messages.call(bob, 'GET', `/api/v1/rooms/${room.id}/messages`)).status).toBe(404);
  });

  test('joins and leaves carry the membership version, both published and in get-changes', async () => {
    const room = await messages.room([ada]);
    const publish = <T extends EventType>(type: T, data: EventData<T>) =>
      publishEvent(
        messages.bus,
        makeEvent(type, data, { id: newId(), now: Date.now() }) as EventOf<EventType>,
      );
    const membership = messages.membership(room, bob, { version: 7 });
    await publish('member.joined', { roomId: room.id, room, membership, addedBy: null });
    await publish('member.left', {
      roomId: room.id,
      userId: bob.userId,
      username: 'bob',
      version: 12,
      reason: 'removed',
    });
    const expected = [
      ['member.joined', ada.userId, 1],
      ['member.joined', bob.userId, 7],
      ['member.left', bob.userId, 12],
    ];
    const versionsIn = (found: readonly Change[]) =>
      found.flatMap((one) => ('version' in one ? [[one.kind, one.by.userId, one.version]] : []));
    await eventually(() =>
      expect(versionsIn(changes.filter(({ roomId }) => roomId === room.id))).toEqual(expected),
    );
    const later = await ask(messages.bus, calls.getChanges, { roomId: room.id, afterSeq: 0, limit: 100 });
    expect(versionsIn(later.changes)).toEqual(expected);
  });

  test('a submission that cannot be stored gets an error, and the rest of its batch is stored', async () => {
    const room = await messages.room([ada]);
    const base = {
      ref: 0,
      roomId: room.id,
      by: ada,
      clientId: null,
      replyTo: null,
      isEncrypted: false,
      op: 'send' as const,
    };
    await submitted([
      { ...base, id: newId(), content: 'before' },
      { ...base, id: newId(), content: 'broken \u0000' },
      { ...base, id: newId(), content: 'after' },
    ]);
    const history = await messages.call(ada, 'GET', `/api/v1/rooms/${room.id}/messages`);
    expect(history.body.messages.map((one: { content: string }) => one.content)).toEqual(['before', 'after']);
  });
});

describe('access revoked by the directory', () => {
  const revoke = (event: EventOf<EventType>) => ask(messages.bus, calls.revokeAccess, { events: [event] });
  const event = <T extends EventType>(type: T, data: EventData<T>) =>
    makeEvent(type, data, { id: newId(), now: Date.now() }) as EventOf<EventType>;
  const tried = async (roomId: string) =>
    (await messages.call(bob, 'POST', `/api/v1/rooms/${roomId}/messages`, { content: 'still here' })).status;

  test('ends with the answer, before the event arrives, and adds nothing to the timeline', async () => {
    const [left, silenced, closed] = [
      await messages.room([ada, bob]),
      await messages.room([ada, bob]),
      await messages.room([ada, bob]),
    ];
    await revoke(
      event('member.left', {
        roomId: left.id,
        userId: bob.userId,
        username: 'bob',
        version: 3,
        reason: 'removed',
      }),
    );
    await revoke(
      event('member.updated', {
        roomId: silenced.id,
        membership: messages.membership(silenced, bob, { canSend: false, version: 3 }),
      }),
    );
    await revoke(event('room.deleted', { roomId: closed.id, by: ada.userId }));
    expect([await tried(left.id), await tried(silenced.id), await tried(closed.id)]).toEqual([404, 403, 404]);
    expect((await messages.send(ada, left, 'alone now')).seq).toBe(3);
  });

  test('stays if a later change is known', async () => {
    const room = await messages.room([ada, bob]);
    const back = event('member.joined', {
      roomId: room.id,
      room,
      membership: messages.membership(room, bob, { version: 4 }),
      addedBy: null,
    });
    await messages.bus.publish('directory', messages.bus.partitionOf('directory', room.id), back);
    await revoke(
      event('member.left', {
        roomId: room.id,
        userId: bob.userId,
        username: 'bob',
        version: 3,
        reason: 'left',
      }),
    );
    expect(await tried(room.id)).toBe(201);
  });
});

test('with an in-process bus, a restart republishes the latest changes under the same numbers', async () => {
  const database = await createTestDatabase();
  const logger = createLogger({ service: 'test', level: 'silent' });
  for (const life of [0, 1]) {
    const bus = new MemoryBus({ logger });
    // A start that takes long republishes what was stored meanwhile, too.
    const seqs = new Set<number>();
    await bus.consume('timeline', 'notifications', async (batches) => {
      for (const batch of batches) {
        for (const change of (batch.data as ChangedBatch).changes) if ('seq' in change) seqs.add(change.seq);
      }
    });
    await bus.consume('directory', 'notifications', async () => undefined);
    const replica = await startMessages({ bus, database, auth: await createTestAuth(bus) });
    if (life === 0) {
      const room = await replica.room([ada, bob]);
      for (const content of ['one', 'two', 'three']) await replica.send(ada, room, content);
    }
    await eventually(() => expect([...seqs].sort()).toEqual([1, 2, 3, 4, 5]));
    await replica.stop();
    await bus.close();
  }
  await database.drop();
});
