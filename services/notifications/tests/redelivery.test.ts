import { answer } from '@parley/bus';
import { calls } from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { person, startNotifications } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

test('repeated events, even concurrent ones, change no inbox and publish no notification', async () => {
  const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
  const made = await service.room([ann, bob], { kind: 'group', name: 'hikers' });
  const { room } = made;
  await service.publish('member.joined', {
    roomId: room.id,
    room,
    membership: service.membership(made, eve, 3),
    addedBy: ann,
  });
  await service.send(made, ann, 'one');
  await service.read(made, bob, made.seq);
  const { message } = await service.send(made, eve, 'two');
  await service.change([
    {
      kind: 'message.edited',
      roomId: room.id,
      seq: ++made.seq,
      message: { ...message, content: 'better', editedAt: message.createdAt },
    },
  ]);
  await service.publish('member.left', {
    roomId: room.id,
    userId: eve.userId,
    username: 'eve',
    version: 4,
    reason: 'left',
  });
  await service.send(made, ann, 'three');
  const [accepted, withdrawn] = [bob, eve].map((to) => ({ id: newId(), from: ann, to }));
  for (const request of [accepted, withdrawn])
    if (request) await service.publish('friend_request.created', request);
  if (accepted) await service.publish('friend_request.accepted', accepted);
  if (withdrawn) await service.publish('friend_request.withdrawn', withdrawn);
  const closed = await service.room([ann, bob], { kind: 'group', name: 'gone' });
  await service.publish('room.deleted', { roomId: closed.room.id, by: ann.userId });

  const state = async () => {
    const inboxes = await Promise.all([ann, bob, eve].map((who) => service.inbox(who)));
    return inboxes.map(({ notifications }) =>
      notifications.map(({ id, content, isRead, metadata }) => ({ id, content, isRead, metadata })),
    );
  };
  const expected = 10;
  await eventually(() => expect(service.notified).toHaveLength(expected));
  const before = await state();
  expect(before.map((rows) => rows.length)).toEqual([1, 4, 0]);
  const events = [...service.sent];
  for (const { topic, partition, event } of events) {
    await Promise.all([
      service.bus.publish(topic, partition, event),
      service.bus.publish(topic, partition, event),
    ]);
    await service.settled();
  }
  expect(await state()).toEqual(before);
  await Promise.all(
    [...events, ...events].map(({ topic, partition, event }) => service.bus.publish(topic, partition, event)),
  );
  await service.settled();
  expect(await state()).toEqual(before);
  expect(service.notified).toHaveLength(expected);
});

test('no room is locked during the call to a gateway, so a hanging gateway blocks no writer', async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  const { room, ...rest } = await service.room([ann, bob]);
  const db = connectDatabase({ url: service.databaseUrl, schema: 'notifications' });
  const lock = () => db('rooms').where({ id: room.id }).forUpdate().noWait().select('id');
  // Connects, so that the attempt to lock is not late on a busy machine.
  expect(await lock()).toHaveLength(1);
  const attempts: Promise<unknown[]>[] = [];
  await answer(service.bus, calls.getWatchers, async () => {
    const attempt = lock();
    attempts.push(attempt);
    await attempt;
    return { watching: [] };
  });
  await service.send({ room, ...rest }, ann, 'hello');
  expect(await Promise.all(attempts)).toEqual([[{ id: room.id }]]);
  expect((await service.inbox(bob)).notifications).toHaveLength(1);
  await db.destroy();
});

test('marking everything read cannot deadlock with a batch that changes several rows', async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  const rooms = [await service.room([ann, bob]), await service.room([ann, bob])];
  const roomIds = rooms.map(({ room }) => room.id);
  const db = connectDatabase({ url: service.databaseUrl, schema: 'notifications' });
  const waiting = async () => {
    const { rows } = await db.raw(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rows.length;
  };
  for (const order of [roomIds, roomIds.toReversed()]) {
    for (const made of rooms) await service.send(made, ann, 'hello');
    const reading = await db.transaction(async (batch) => {
      await batch('rooms').whereRaw('id = any(:roomIds)', { roomIds }).orderBy('id').forUpdate().select('id');
      const touch = (roomId = '') =>
        batch('notifications').where({ room_id: roomId, is_read: false }).update({ updated_at: new Date() });
      await touch(order[0]);
      const answer = service.call(bob, 'POST', '/read-all');
      await eventually(async () => expect(await waiting()).toBeGreaterThan(0));
      await touch(order[1]);
      return { answer };
    });
    expect(await reading.answer).toMatchObject({ status: 200, body: { read: 2 } });
  }
  await db.destroy();
});

test('rows that the previous release writes in an upgrade are read, corrected and withdrawn', async () => {
  const [ann, bob] = [person('ann'), person('bob')];
  const db = connectDatabase({ url: service.databaseUrl, schema: 'notifications' });
  const shown = async () => (await service.unread(bob)).notifications.map(({ content }) => content);
  const written = async () => {
    const made = await service.room([ann, bob]);
    const { message } = await service.send(made, ann, 'one');
    await db('notifications').where({ room_id: made.room.id }).update({ first_seq: null, changed_seq: null });
    await db('counted_messages').where({ room_id: made.room.id }).delete();
    return { made, message, roomId: made.room.id };
  };
  const change = (kind: 'message.edited' | 'message.deleted', at: Awaited<ReturnType<typeof written>>) => {
    const changed = {
      content: 'better',
      deletedAt: kind === 'message.deleted' ? at.message.createdAt : null,
    };
    const seq = ++at.made.seq;
    return service.change([{ kind, roomId: at.roomId, seq, message: { ...at.message, ...changed } }]);
  };
  const first = await written();
  await change('message.edited', first);
  expect(await shown()).toEqual(['ann: better']);
  await change('message.deleted', first);
  expect(await shown()).toEqual([]);
  const second = await written();
  await service.read(second.made, bob, second.made.seq);
  expect(await shown()).toEqual([]);
  const third = await written();
  await service.publish('member.left', { roomId: third.roomId, ...bob, version: 9, reason: 'left' });
  expect(await shown()).toEqual([]);
  await db.destroy();
});
