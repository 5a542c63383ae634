import { answer } from '@parley/bus';
import { type Change, calls, type Message, type MissedPeriod, makeEvent } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Person, person, startNotifications, type TestRoom } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
/** The users who count as viewing every room. */
const watching = new Set<string>();
const stored = new Map<string, Message[]>();
const positions = new Map<string, number>();
/** Runs between an answer of the messages service and its use. */
let meanwhile = async () => {};

beforeAll(async () => {
  service = await startNotifications();
  await answer(service.bus, calls.getWatchers, async ({ watches }) => ({
    watching: watches.filter(({ userId }) => watching.has(userId)),
  }));
  await answer(service.bus, calls.getMissedMessages, async ({ roomId, since, userIds }) => {
    const found = {
      messages: (stored.get(roomId) ?? []).filter(({ createdAt }) => createdAt >= since),
      positions: userIds.map((userId) => ({ userId, seq: positions.get(userId) ?? 0 })),
    };
    await meanwhile();
    return found;
  });
});
beforeEach(() => watching.clear());
afterAll(() => service.stop());

const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
const minute = 60_000;
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1) + minutes * minute).toISOString();

async function send(into: TestRoom, content: string, minutes: number, by: Person = ann): Promise<Message> {
  const { message } = await service.send(into, by, content, { createdAt: at(minutes) });
  stored.set(into.room.id, [...(stored.get(into.room.id) ?? []), message]);
  return message;
}

const period = ({ room }: TestRoom, who: Person, since: number, until?: number): MissedPeriod => ({
  roomId: room.id,
  userId: who.userId,
  since: at(since),
  ...(until !== undefined && { until: at(until) }),
});

const rows = async (who: Person, { room }: TestRoom) =>
  (await service.unread(who)).notifications
    .filter(({ metadata }) => metadata.roomId === room.id)
    .map(({ content, metadata }) => [content, metadata.count]);

test('messages to a connection that was dead are notified once, when it is detected', async () => {
  const room = await service.room([ann, bob, eve]);
  for (const who of [bob, eve]) watching.add(who.userId);
  await send(room, 'received', 1);
  await send(room, 'missed', 2);
  await send(room, 'my own', 3, bob);
  await send(room, 'missed, too', 4);
  expect(await rows(bob, room)).toEqual([]);
  const before = service.notified.length;
  await service.miss([period(room, bob, 2)]);
  expect(await rows(bob, room)).toEqual([['ann: missed, too', 2]]);
  expect(service.notified.slice(before)).toHaveLength(1);
  await service.miss([period(room, bob, 2), period(room, bob, 1.5)]);
  expect(await rows(bob, room)).toEqual([['ann: missed, too', 2]]);
  expect(service.notified.slice(before)).toHaveLength(1);
  expect(await rows(eve, room), 'another viewer').toEqual([]);
});

test('missed messages are counted with later ones, and not those received again or read', async () => {
  const room = await service.room([ann, bob]);
  watching.add(bob.userId);
  const read = await send(room, 'read', 1);
  positions.set(bob.userId, read.seq);
  await send(room, 'missed', 2);
  await send(room, 'received again', 3);
  watching.clear();
  await send(room, 'absent', 4);
  expect(await rows(bob, room)).toEqual([['ann: absent', 1]]);
  await service.miss([period(room, bob, 1, 3)]);
  expect(await rows(bob, room)).toEqual([['ann: absent', 2]]);
  await send(room, 'latest', 5);
  expect(await rows(bob, room)).toEqual([['ann: latest', 3]]);
  await service.read(room, bob, room.seq);
  expect(await rows(bob, room)).toEqual([]);
  positions.clear();
});

test('in a large room only missed mentions notify, and a former member is never notified', async () => {
  const crowd = Array.from({ length: 101 }, (_, index) => person(`crowd ${index}`));
  const large = await service.room([ann, bob, ...crowd]);
  const left = await service.room([ann, bob]);
  watching.add(bob.userId);
  await send(large, 'hello', 1);
  await send(large, 'hello @bob', 2);
  await send(left, 'SECRET', 1);
  await service.publish('member.left', { roomId: left.room.id, ...bob, version: 9, reason: 'left' });
  await service.miss([period(large, bob, 0)]);
  await service.miss([period(left, bob, 0)]);
  expect(await rows(bob, large)).toEqual([['ann: hello @bob', 1]]);
  expect(await rows(bob, left)).toEqual([]);
});

test.each([
  ['deleted', []],
  ['edited', [['ann: corrected', 1]]],
  ['read', []],
] as const)(
  'a missed message that is %s on another replica meanwhile is shown correctly',
  async (how, shown) => {
    const room = await service.room([ann, bob, eve]);
    watching.add(bob.userId);
    const message = await send(room, 'missed', 1);
    const roomId = room.room.id;
    const seq = ++room.seq;
    const by = eve;
    const at = new Date().toISOString();
    const read = (userId: string): Change => ({
      ...{ kind: 'read.advanced', roomId, by, messageId: null },
      position: { roomId, userId, seq: message.seq, readAt: at },
    });
    const edited = { ...message, content: 'corrected', editedAt: at, changedSeq: seq };
    const deleted = { ...message, content: '', deletedAt: at, changedSeq: seq };
    const changes: Change[] = {
      deleted: [{ kind: 'message.deleted', roomId, seq, message: deleted } as const],
      edited: [{ kind: 'message.edited', roomId, seq, message: edited } as const],
      read: [read(bob.userId), read(eve.userId)],
    }[how];
    let times = 0;
    meanwhile = async () => {
      if (times++ > 0) return;
      service.store(changes);
      if (how === 'deleted') stored.set(roomId, []);
      if (how === 'read') positions.set(bob.userId, message.seq);
      // Another replica has the room's partition now; here, another partition takes its place.
      const other = 1 - service.bus.partitionOf('timeline', roomId);
      const event = makeEvent('timeline.changed', { changes }, { id: newId(), now: Date.now() });
      void service.bus.publish('timeline', other, event);
      await eventually(async () => expect(await rows(eve, room)).toEqual(shown));
    };
    await service.miss([period(room, bob, 0)]);
    meanwhile = async () => {};
    positions.clear();
    expect(await rows(bob, room)).toEqual(shown);
  },
);
