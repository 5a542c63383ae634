import { answer } from '@parley/bus';
import { calls, type Message } from '@parley/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person, startNotifications, type TestRoom } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

const shown = async (who: Person) =>
  (await service.unread(who)).notifications.map(({ content, metadata }) => [content, metadata.count]);

test('with a block in either direction, mentions and messages in shared rooms do not notify', async () => {
  const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
  const crowd = Array.from({ length: 60 }, (_, index) => person(`crowd ${index}`));
  const small = await service.room([ann, bob, eve], { name: 'small' });
  const large = await service.room([ann, bob, eve, ...crowd], { name: 'large' });
  service.blocks.add(ann.userId + bob.userId);
  for (const room of [small, large]) {
    const { message } = await service.send(room, bob, 'hello');
    await service.change([
      {
        kind: 'message.edited',
        roomId: room.room.id,
        seq: ++room.seq,
        message: { ...message, content: '@ann @eve', editedAt: message.createdAt },
      },
    ]);
    await service.send(room, bob, '@ann @eve hi');
    await service.send(room, ann, '@bob hi');
  }
  expect(await shown(ann)).toEqual([]);
  expect(await shown(bob)).toEqual([]);
  expect((await shown(eve)).map(([content]) => content)).toEqual(['bob: @ann @eve hi', 'ann: @bob hi']);
  await service.send(small, eve, '@ann @bob');
  for (const who of [ann, bob]) expect(await shown(who)).toEqual([['eve: @ann @bob', 1]]);

  service.blocks.clear();
  await service.send(small, bob, '@ann again');
  expect(await shown(ann)).toEqual([['bob: @ann again', 2]]);
});

test('an edit after a block reaches nobody behind it, whether the message was read or not', async () => {
  const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
  const rooms = await Promise.all([1, 2, 3].map(() => service.room([ann, bob, eve])));
  const [, read, counted] = rooms as [TestRoom, TestRoom, TestRoom];
  await service.send(counted, eve, 'one');
  const edited = [];
  for (const room of rooms) edited.push((await service.send(room, bob, 'hello')).message);
  await service.send(counted, eve, 'two');
  await service.read(read, ann, read.seq);
  service.blocks.add(ann.userId + bob.userId);
  const before = service.live.length;
  for (const [index, room] of rooms.entries()) {
    const { roomId, ...rest } = edited[index] as Message;
    const seq = ++room.seq;
    const message = { ...rest, roomId, content: '@ann insult', changedSeq: seq };
    await service.change([{ kind: 'message.edited', roomId, seq, message }]);
  }
  expect((await service.inbox(ann)).notifications).toMatchObject([
    { content: 'eve: two', metadata: { roomId: counted.room.id, count: 2 } },
  ]);
  const toAnn = service.live.slice(before).filter(({ data }) => data.userId === ann.userId);
  expect(JSON.stringify(toAnn)).not.toContain('insult');
  expect(toAnn.filter(({ type }) => type === 'notification.removed')).toHaveLength(2);
  const ofEve = (await service.inbox(eve)).notifications;
  expect(ofEve.filter(({ content }) => content === 'bob: @ann insult')).toHaveLength(3);
});

test('a message of a blocked user, missed by a dead connection, does not notify', async () => {
  const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
  const made = await service.room([ann, bob, eve]);
  service.blocks.add(ann.userId + bob.userId);
  const { message } = await service.send(made, bob, 'hello');
  await answer(service.bus, calls.getMissedMessages, async ({ userIds }) => ({
    messages: [message],
    positions: userIds.map((userId) => ({ userId, seq: 0 })),
  }));
  const since = '2026-01-01T00:00:00.000Z';
  const missed = [ann, eve].map(({ userId }) => ({ roomId: made.room.id, userId, since }));
  await service.miss(missed);
  expect(await shown(ann)).toEqual([]);
});
