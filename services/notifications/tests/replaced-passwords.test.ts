import { newId } from '@parley/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { person, startNotifications } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

test('a password changed without the current one is one live `system` notification', async () => {
  const { userId, ...ann } = person('ann');
  const eventId = newId();
  for (let time = 0; time < 2; time++) await service.publish('user.password_replaced', { userId }, eventId);
  const { notifications } = await service.inbox({ userId, ...ann });
  expect(notifications).toMatchObject([{ type: 'system', title: 'Password changed', isRead: false }]);
  await service.settled();
  expect(service.notified).toEqual(notifications);
  await service.publish('user.password_replaced', { userId });
  expect((await service.inbox({ userId, ...ann })).notifications).toHaveLength(2);
});

test('an erased user gets no row, however late the event is', async () => {
  const gone = person('gone');
  service.erased.add(gone.userId);
  await service.publish('user.password_replaced', { userId: gone.userId });
  expect((await service.inbox(gone)).notifications).toEqual([]);
});
