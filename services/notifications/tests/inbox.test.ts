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
  it('is in the inbox of the one who is asked, once, however often its event comes', async () => {
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
    expect(service.told.filter((row) => row.metadata.friendRequestId === asked.id)).toHaveLength(1);
  });

  it('is read once accepted, and gone once withdrawn', async () => {
    const [accepted, withdrawn] = [request(), request()];
    for (const asked of [accepted, withdrawn]) await service.publish('friend_request.created', asked);
    await service.publish('friend_request.accepted', accepted);
    await service.publish('friend_request.withdrawn', withdrawn);
    expect((await service.inbox(accepted.to)).notifications).toMatchObject([{ isRead: true }]);
    expect((await service.inbox(withdrawn.to)).notifications).toEqual([]);
  });
});

describe('a group invite', () => {
  it('goes to the members of a new group, but not to who made it', async () => {
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

  it('goes to who was added later, not to who came by themselves; channels and direct rooms invite nobody by being made', async () => {
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
  it('is given newest first, in pages that neither repeat nor leave out', async () => {
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

  it("shows nobody another's rows, as if they did not exist", async () => {
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
    'refuses %s, naming the field',
    async (query) => {
      const { status, body } = await service.call(person('bob'), 'GET', query);
      expect(status).toBe(422);
      expect(body.errors[0].field).toMatch(/^(limit|cursor)$/);
    },
  );

  it('wants an id for an id', async () => {
    expect(await service.call(person('bob'), 'DELETE', '/nonsense')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'notificationId' }] },
    });
  });
});
