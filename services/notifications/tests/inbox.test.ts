import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person, startNotifications } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

const request = (from = person('ann'), to = person('bob')) => ({ id: newId(), from, to });

describe('a friend request', () => {
  it("appears once in the recipient's inbox, even if its event is repeated", async () => {
    const asked = request();
    const eventId = await service.publish('friend_request.created', asked);
    await service.publish('friend_request.created', asked, eventId);
    const { notifications } = await service.inbox(asked.to);
    expect(notifications).toMatchObject([
      {
        type: 'friend_request',
        isRead: false,
        metadata: { friendRequestId: asked.id, senderId: asked.from.userId, senderName: 'ann' },
      },
    ]);
    expect((await service.inbox(asked.from)).notifications).toEqual([]);
    expect(service.notified.filter((row) => row.metadata.friendRequestId === asked.id)).toHaveLength(1);
  });

  it('becomes read when accepted and disappears when withdrawn', async () => {
    const [accepted, withdrawn] = [request(), request()];
    for (const asked of [accepted, withdrawn]) await service.publish('friend_request.created', asked);
    await service.publish('friend_request.accepted', accepted);
    await service.publish('friend_request.withdrawn', withdrawn);
    expect((await service.inbox(accepted.to)).notifications).toMatchObject([{ isRead: true }]);
    expect((await service.inbox(withdrawn.to)).notifications).toEqual([]);
  });
});

describe('a group invite', () => {
  it('goes to the members of a new group except its creator', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const { room } = await service.room([ann, bob], { kind: 'group', name: 'hikers' });
    expect((await service.inbox(ann)).notifications).toEqual([]);
    expect((await service.inbox(bob)).notifications).toMatchObject([
      {
        type: 'group_invite',
        title: 'hikers',
        content: 'ann added you to hikers',
        metadata: { roomId: room.id, senderName: 'ann' },
      },
    ]);
  });

  it('goes to members added later, not to those who join a channel themselves or create one', async () => {
    const [ann, added, joined] = [person('ann'), person('added'), person('joined')];
    const made = await service.room([ann, person('bob')]);
    const { room } = made;
    for (const [version, who, addedBy] of [
      [10, added, ann],
      [11, joined, null],
    ] as const)
      await service.publish('member.joined', {
        roomId: room.id,
        room,
        membership: service.membership(made, who, version),
        addedBy,
      });
    expect((await service.inbox(added)).notifications).toMatchObject([{ type: 'group_invite' }]);
    for (const one of [joined, ...made.people]) expect((await service.inbox(one)).notifications).toEqual([]);
  });
});

describe('an inbox', () => {
  it('is returned newest first, in pages without repeated or missing rows', async () => {
    const to = person('bob');
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) {
      const asked = request(person('ann'), to);
      ids.unshift(asked.id);
      await service.publish('friend_request.created', asked);
    }
    const seen: (string | undefined)[] = [];
    for (let query = '?limit=3'; query; ) {
      const { notifications, nextCursor } = await service.inbox(to, query);
      expect(notifications.length).toBeLessThanOrEqual(3);
      seen.push(...notifications.map((row) => row.metadata.friendRequestId));
      query = nextCursor ? `?limit=3&cursor=${nextCursor}` : '';
    }
    expect(seen).toEqual(ids);
  });

  it('lets its owner read one, read all, and delete', async () => {
    const to = person('bob');
    for (let index = 0; index < 3; index++)
      await service.publish('friend_request.created', request(person('ann'), to));
    const [first, second] = (await service.inbox(to)).notifications;
    expect(await service.call(to, 'POST', `/${first?.id}/read`)).toMatchObject({
      status: 200,
      body: { id: first?.id, isRead: true },
    });
    expect((await service.unread(to)).total).toBe(2);
    expect(await service.call(to, 'DELETE', `/${second?.id}`)).toMatchObject({ status: 204 });
    expect(await service.call(to, 'DELETE', `/${second?.id}`)).toMatchObject({
      status: 404,
      body: { code: 'notification_not_found' },
    });
    expect((await service.inbox(to)).notifications.map((row) => row.id)).not.toContain(second?.id);
    expect(await service.call(to, 'POST', '/read-all')).toMatchObject({ status: 200, body: { read: 1 } });
    expect((await service.unread(to)).notifications).toEqual([]);
  });

  it("treats other users' rows as missing", async () => {
    const asked = request();
    await service.publish('friend_request.created', asked);
    const [row] = (await service.inbox(asked.to)).notifications;
    const stranger = person('eve');
    for (const [method, path] of [
      ['POST', `/${row?.id}/read`],
      ['DELETE', `/${row?.id}`],
    ] as const)
      expect(await service.call(stranger, method, path)).toMatchObject({
        status: 404,
        body: { code: 'notification_not_found' },
      });
    expect((await service.unread(asked.to)).total).toBe(1);
  });

  it.each(['?limit=0', '?limit=1000', '?cursor=x', `?cursor=1_${'-'.repeat(36)}`, '/unread?limit=x'])(
    'refuses %s with the name of the field',
    async (query) => {
      const { status, body } = await service.call(person('bob'), 'GET', query);
      expect(status).toBe(422);
      expect(body.errors[0].field).toMatch(/^(limit|cursor)$/);
    },
  );

  it('refuses an id that is not a UUID', async () => {
    expect(await service.call(person('bob'), 'DELETE', '/nonsense')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'notificationId' }] },
    });
  });
});
