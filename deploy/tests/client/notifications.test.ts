import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { createPeople, record } from './sdk-people.ts';

let target: Target;
const { someone, connect } = createPeople(() => target);
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterAll(() => target?.stop());

test('an invitation arrives as a notification, and so does what becomes of it', async () => {
  const [ada, bob] = [await someone('ada'), await someone('bob')];
  const live = connect(bob);
  const [arrived, updated, removed, online] = [
    record(live, 'notification'),
    record(live, 'notificationUpdated'),
    record(live, 'notificationRemoved'),
    record(live, 'online'),
  ];
  await eventually(() => expect(online).toHaveLength(1));
  const { id: roomId } = await ada.createRoom({ name: 'garden' });
  await ada.api.addMembers({ roomId, userIds: [(await bob.me()).userId] });
  await eventually(() => expect(arrived).toMatchObject([{ type: 'group_invite', isRead: false }]));
  const notificationId = arrived[0]?.id ?? '';
  await bob.api.readNotification({ notificationId });
  await eventually(() => expect(updated).toMatchObject([{ id: notificationId, isRead: true }]));
  await bob.api.deleteNotification({ notificationId });
  await eventually(() => expect(removed).toEqual([{ id: notificationId }]));
});
