import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person, startNotifications } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

const crowd = (size: number) => Array.from({ length: size }, (_, index) => person(`member ${index}`));

describe('a message', () => {
  it('adds one unread row per other member, which later messages update', async () => {
    const [ann, bob, eve] = [person('ann'), person('bob'), person('eve')];
    const room = await service.room([ann, bob, eve], { name: 'lunch' });
    await service.send(room, ann, 'who is in?');
    const [first] = (await service.inbox(bob)).notifications;
    await service.send(room, eve, 'me\n  too');
    const { notifications, total } = await service.unread(bob);
    expect(total).toBe(1);
    expect(notifications).toEqual([
      {
        id: first?.id,
        type: 'message',
        title: 'lunch',
        content: 'eve: me too',
        metadata: {
          roomId: room.room.id,
          roomName: 'lunch',
          senderId: eve.userId,
          senderName: 'eve',
          messagePreview: 'me too',
          count: 2,
        },
        isRead: false,
        createdAt: first?.createdAt,
        updatedAt: expect.any(String),
      },
    ]);
    expect((await service.inbox(ann)).notifications.map((row) => row.metadata.count)).toEqual([1]);
    expect((await service.inbox(eve)).notifications.map((row) => row.metadata.senderName)).toEqual(['ann']);
  });

  it('publishes new and updated rows to live clients', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob], { kind: 'direct' });
    await service.send(room, ann, 'one');
    await service.send(room, ann, 'two');
    await eventually(() => {
      const rows = service.notified.filter((row) => row.metadata.roomId === room.room.id);
      expect(rows.map((row) => [row.title, row.content, row.metadata.count])).toEqual([
        ['ann', 'one', 1],
        ['ann', 'two', 2],
      ]);
      expect(new Set(rows.map((row) => row.id)).size).toBe(1);
    });
  });

  it('counts once, even if its event is repeated, also after it was read', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    const sent = [service.written(room, ann, 'one'), service.written(room, ann, 'two')];
    await service.change([...sent, ...sent]);
    await service.change(sent);
    expect((await service.unread(bob)).notifications.map((row) => row.metadata.count)).toEqual([2]);
    await service.read(room, bob, room.seq);
    await service.change(sent);
    expect((await service.unread(bob)).notifications).toEqual([]);
  });

  it('has no preview when it is encrypted', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    await service.send(room, ann, 'c2VjcmV0', { isEncrypted: true });
    const [row] = (await service.inbox(bob)).notifications;
    expect(row?.metadata.messagePreview).toBeUndefined();
    expect(JSON.stringify(row)).not.toContain('c2VjcmV0');
  });

  it('disappears from previews when edited, and its row when deleted', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    const { message } = await service.send(room, ann, 'oops');
    const edited = { ...message, content: 'better', editedAt: message.createdAt };
    await service.change([
      { kind: 'message.edited', roomId: room.room.id, seq: ++room.seq, message: edited },
    ]);
    expect((await service.inbox(bob)).notifications[0]?.content).toBe('ann: better');
    const deleted = { ...message, content: '', deletedAt: message.createdAt };
    await service.change([
      { kind: 'message.deleted', roomId: room.room.id, seq: ++room.seq, message: deleted },
    ]);
    expect((await service.inbox(bob)).notifications).toEqual([]);
  });

  it('disappears from previews when deleted after its room', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    const { message } = await service.send(room, ann, 'secret');
    await service.publish('room.deleted', { roomId: room.room.id, by: ann.userId });
    const deleted = { ...message, content: '', deletedAt: message.createdAt };
    await service.change([
      { kind: 'message.deleted', roomId: room.room.id, seq: ++room.seq, message: deleted },
    ]);
    expect(JSON.stringify(await service.inbox(bob))).not.toContain('secret');
  });

  it('in a room with more than 50 members notifies only those it mentions', async () => {
    const people = [person('ann'), person('Manoj Singh'), person('manoj'), ...crowd(48)];
    const [ann, manojSingh, manoj, other] = people as [
      (typeof people)[0],
      (typeof people)[0],
      (typeof people)[0],
      (typeof people)[0],
    ];
    const room = await service.room(people);
    await service.send(room, ann, 'nobody in particular');
    await service.send(room, ann, 'hello @manoj singh, and @stranger');
    expect((await service.inbox(manojSingh)).notifications.map((row) => row.metadata.count)).toEqual([1]);
    expect((await service.inbox(manoj)).notifications).toEqual([]);
    expect((await service.inbox(other)).notifications).toEqual([]);
  });

  it('in a room with 50 members notifies all, but no former member', async () => {
    const people = crowd(51);
    const [sender, gone, other] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
    const room = await service.room(people);
    await service.publish('member.left', { roomId: room.room.id, ...gone, version: 100, reason: 'left' });
    // A late event that is older than the leave changes nothing.
    await service.publish('member.updated', {
      roomId: room.room.id,
      membership: service.membership(room, gone, 99),
    });
    await service.send(room, sender, 'hi');
    expect((await service.inbox(other)).notifications).toHaveLength(1);
    expect((await service.inbox(gone)).notifications).toEqual([]);
  });

  it('in a room whose event is still on its way notifies its members after one directory call', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob], { announce: false });
    await service.send(room, ann, 'first!');
    await service.send(room, ann, 'and second');
    expect((await service.inbox(bob)).notifications.map((row) => row.metadata.count)).toEqual([2]);
    expect(service.asked.filter((roomId) => roomId === room.room.id)).toHaveLength(1);
  });

  it('in a deleted or unknown room notifies nobody and does not block later events', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const unknown = {
      ...(await service.room([ann, bob])),
      room: { ...(await service.room([ann, bob])).room, id: newId() },
    };
    const closed = await service.room([ann, bob]);
    await service.publish('room.deleted', { roomId: closed.room.id, by: ann.userId });
    await service.send(unknown, ann, 'x');
    await service.send(closed, ann, 'x');
    expect((await service.inbox(bob)).notifications).toEqual([]);
  });
});

describe('reading a room', () => {
  it('marks its row read, and the next message adds a new one', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    await service.send(room, ann, 'one');
    await service.read(room, bob, room.seq);
    await service.send(room, ann, 'two');
    expect(
      (await service.inbox(bob)).notifications.map((row) => [row.content, row.isRead, row.metadata.count]),
    ).toEqual([
      ['ann: two', false, 1],
      ['ann: one', true, 1],
    ]);
  });

  it('up to an earlier message leaves later messages unread', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const room = await service.room([ann, bob]);
    const { seq } = await service.send(room, ann, 'one').then(({ message }) => message);
    await service.send(room, ann, 'two');
    await service.read(room, bob, seq);
    expect((await service.unread(bob)).total).toBe(1);
  });
});
