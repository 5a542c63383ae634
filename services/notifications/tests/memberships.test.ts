import { ask } from '@parley/bus';
import { calls, makeEvent } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person, startNotifications, type TestRoom } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

const leave = ({ room }: TestRoom, who: Person, version: number, reason: 'left' | 'removed' = 'left') =>
  service.publish('member.left', { roomId: room.id, ...who, version, reason });
const join = (made: TestRoom, who: Person, version: number, addedBy: Person | null = null) =>
  service.publish('member.joined', {
    roomId: made.room.id,
    room: made.room,
    membership: service.membership(made, who, version),
    addedBy,
  });
const edit = (
  made: TestRoom,
  message: Awaited<ReturnType<typeof service.send>>['message'],
  content: string,
) =>
  service.change([
    {
      kind: 'message.edited',
      roomId: made.room.id,
      seq: ++made.seq,
      message: { ...message, content, changedSeq: made.seq, editedAt: message.createdAt },
    },
  ]);
const rows = async (who: Person) => (await service.inbox(who)).notifications;

describe('when a membership ends, its inbox rows', () => {
  it.each(['left', 'removed'] as const)('are withdrawn (%s), read or unread, invites too', async (reason) => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob], { kind: 'group', name: 'hikers' });
    await service.send(room, ann, 'one');
    await service.read(room, bob, room.seq);
    await service.send(room, ann, 'two');
    expect(await rows(bob)).toHaveLength(3);
    await leave(room, bob, 3, reason);
    expect(await rows(bob)).toEqual([]);
    expect((await service.unread(bob)).total).toBe(0);
  });

  it('of a deleted room are withdrawn for everyone, even if its creation arrives later', async () => {
    const people = [person('ann'), ...Array.from({ length: 5 }, (_, index) => person(`p${index}`))] as const;
    const [ann, bob] = people;
    const room = await service.room([...people], { kind: 'group', name: 'spam' });
    await service.send(room, ann, 'buy');
    await service.publish('room.deleted', { roomId: room.room.id, by: ann.userId });
    for (const one of people) expect(await rows(one)).toEqual([]);

    const late = await service.room([...people], { kind: 'group', name: 'spam', announce: false });
    await service.publish('room.deleted', { roomId: late.room.id, by: ann.userId });
    const members = [ann, bob as Person].map((one, index) => service.membership(late, one, index + 1));
    await service.publish('room.created', { room: late.room, members });
    await service.send(late, ann, 'buy');
    expect(await rows(bob as Person)).toEqual([]);
  });

  it('of other rooms and other users stay', async () => {
    const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
    const [room, other] = [await service.room([ann, bob, eve]), await service.room([ann, bob])];
    for (const into of [room, other]) await service.send(into, ann, 'hi');
    await leave(room, bob, 4);
    expect((await rows(bob)).map(({ metadata }) => metadata.roomId)).toEqual([other.room.id]);
    expect(await rows(eve)).toHaveLength(1);
  });

  it('are gone before the departure is acknowledged: by call, ahead of its event', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const made = await service.room([ann, bob]);
    const { message } = await service.send(made, ann, 'one');
    const event = makeEvent(
      'member.left',
      { roomId: made.room.id, ...bob, version: 3, reason: 'left' },
      { id: newId(), now: Date.now() },
    );
    await ask(service.bus, calls.revokeInboxAccess, { events: [event] });
    expect(await rows(bob)).toEqual([]);
    await edit(made, message, 'SECRET');
    await service.send(made, ann, 'SECRET');
    await join(made, bob, 2, ann);
    expect(await rows(bob)).toEqual([]);
  });
});

describe('a former member', () => {
  it('receives nothing written afterwards: no message, edit, deletion or room name', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const made = await service.room([ann, bob], { kind: 'group', name: 'hikers' });
    const { message } = await service.send(made, ann, 'one');
    await leave(made, bob, 3);
    await edit(made, message, 'SECRET');
    await service.send(made, ann, '@bob SECRET');
    await service.publish('room.updated', { room: { ...made.room, name: 'SECRET' } });
    await service.send(made, ann, 'more');
    expect(await rows(bob)).toEqual([]);
    expect(JSON.stringify(service.notified)).not.toContain('SECRET');
  });

  it('is not invited by the late or repeated event of an earlier join', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const made = await service.room([ann], { kind: 'group', name: 'hikers' });
    await leave(made, bob, 7, 'removed');
    await join(made, bob, 5, ann);
    await join(made, bob, 5, ann);
    await service.send(made, ann, 'SECRET');
    expect(await rows(bob)).toEqual([]);
  });

  it('who returns gets new rows, and the late event of the earlier departure withdraws none', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const made = await service.room([ann, bob]);
    const { message } = await service.send(made, ann, 'one');
    await leave(made, bob, 3);
    await join(made, bob, 4);
    await edit(made, message, 'edited while away');
    expect(await rows(bob)).toEqual([]);
    await service.send(made, ann, 'welcome back');
    await leave(made, bob, 3);
    expect((await rows(bob)).map(({ content, metadata }) => [content, metadata.count])).toEqual([
      ['ann: welcome back', 1],
    ]);
  });

  it('who returns is not notified of messages from the absence that arrive later', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    for (const announce of [true, false]) {
      const made = await service.room([ann, bob], { announce });
      await leave(made, bob, 3);
      const absent = new Date(Date.now() - 1).toISOString();
      await join(made, bob, 4);
      await service.send(made, ann, 'SECRET', { createdAt: absent });
      expect((await service.unread(bob)).notifications).toEqual([]);
      const later = new Date(Date.now() + 1).toISOString();
      await service.send(made, ann, 'welcome back', { createdAt: later });
      const [row] = (await service.unread(bob)).notifications;
      expect(row).toMatchObject({ content: 'ann: welcome back', metadata: { count: 1 } });
      await leave(made, bob, 5);
    }
  });

  it('who returns at once has no row of the time before', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const made = await service.room([ann, bob]);
    await service.send(made, ann, 'before');
    const ids = { id: newId(), now: Date.now() };
    const left = { roomId: made.room.id, ...bob, version: 3, reason: 'left' } as const;
    const membership = service.membership(made, bob, 4);
    const joined = { roomId: made.room.id, room: made.room, membership, addedBy: null };
    const events = [
      makeEvent('member.left', left, ids),
      makeEvent('member.joined', joined, { ...ids, id: newId() }),
    ];
    await ask(service.bus, calls.revokeInboxAccess, { events });
    expect(await rows(bob)).toEqual([]);
    const updated = { roomId: made.room.id, membership: { ...membership, version: 5 } };
    await service.publish('member.updated', updated);
    await service.send(made, ann, 'late', { createdAt: new Date(ids.now).toISOString() });
    expect(await rows(bob)).toEqual([]);
  });

  it('of a room that the service does not know yet gets no row', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const made = await service.room([ann, bob], { announce: false });
    await leave(made, bob, 9);
    // The directory's answer is older than the departure.
    await service.send(made, ann, 'SECRET');
    expect(await rows(bob)).toEqual([]);
  });
});
