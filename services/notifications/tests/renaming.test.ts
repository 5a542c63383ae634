import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person, startNotifications } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

describe('renaming a room', () => {
  it('updates the titles of its rows, read or unread, and the text of invites, live too', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const { room, ...made } = await service.room([ann, bob], { kind: 'group', name: 'ann' });
    await service.send({ room, ...made }, ann, 'see you in ann');
    for (let times = 0; times < 2; times++)
      await service.publish('room.updated', { room: { ...room, name: 'bikers' } });
    const { notifications } = await service.inbox(bob);
    expect(
      notifications.map(({ type, title, content, metadata }) => [type, title, content, metadata.roomName]),
    ).toEqual([
      ['message', 'bikers', 'ann: see you in ann', 'bikers'],
      ['group_invite', 'bikers', 'ann added you to bikers', 'bikers'],
    ]);
    await eventually(() => {
      const updates = service.live.flatMap((event) =>
        event.type === 'notification.updated' && event.data.userId === bob.userId
          ? [event.data.notification.title]
          : [],
      );
      expect(updates).toEqual(['bikers', 'bikers']);
    });
  });

  it('reaches no former member and no other room', async () => {
    const [ann, bob] = [person('ann'), person('bob')];
    const [left, other] = [
      await service.room([ann, bob], { name: 'one' }),
      await service.room([ann, bob], { name: 'two' }),
    ];
    for (const made of [left, other]) await service.send(made, ann, 'hi');
    await service.publish('member.left', { roomId: left.room.id, ...bob, version: 9, reason: 'left' });
    await service.publish('room.updated', { room: { ...left.room, name: 'SECRET' } });
    expect((await service.inbox(bob)).notifications.map(({ title }) => title)).toEqual(['two']);
    expect(JSON.stringify(service.live)).not.toContain('SECRET');
  });
});
