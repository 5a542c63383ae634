import { answer } from '@parley/bus';
import { calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway()];
});
afterAll(() => world.stop());

test('a notification is emitted as it is now or not at all; corrections follow by dialect', async () => {
  const ada = person('ada');
  const [canonical, camel, kebab] = [
    await world.connect(first, ada, { contract: 'rooms' }),
    await world.connect(second, ada, { contract: 'conversations' }),
    await world.connect(second, ada, { contract: 'groups' }),
  ];
  const now = new Date().toISOString();
  const written = {
    ...{ id: newId(), type: 'message' as const, title: 'bob', content: 'SECRET', metadata: { count: 1 } },
    ...{ isRead: false, createdAt: now, updatedAt: now },
  };
  const current = { ...written, content: 'harmless' };
  const [gone, checked] = [{ ...written, id: newId() }, false as const];
  const answering = await answer(world.bus, calls.getLiveNotifications, async ({ ids }) => ({
    notifications: [current].filter(({ id }) => ids.includes(id)),
  }));
  const { userId } = ada;
  for (const notification of [gone, written])
    await world.publish('notification.created', { userId, notification, checked });
  expect(await waitFor(canonical, 'notification', 1)).toEqual([current]);
  await world.publish('notification.updated', { userId, notification: written, checked });
  expect(await waitFor(canonical, 'notification_updated', 1)).toEqual([current]);
  await world.publish('notification.removed', { userId, notificationId: written.id });
  expect(await waitFor(canonical, 'notification_removed', 1)).toEqual([{ id: written.id }]);
  for (const [client, updated, removed] of [
    [camel, 'notificationUpdated', 'notificationRemoved'],
    [kebab, 'notification-updated', 'notification-removed'],
  ] as const) {
    const corrections = () => client.events.filter(({ event }) => event !== 'notification');
    await eventually(() =>
      expect(corrections()).toMatchObject([
        { event: updated, data: { notification_id: written.id, content: 'harmless' } },
        { event: removed, data: { notification_id: written.id } },
      ]),
    );
  }
  for (const client of [canonical, camel, kebab]) {
    expect(JSON.stringify(client.events)).not.toContain('SECRET');
    expect(JSON.stringify(client.events)).not.toContain(gone.id);
  }
  await answering.close();
});

test('an answer to a command reaches the connections of its user alone, in each dialect', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const clients = [
    { client: await world.connect(first, ada, { contract: 'rooms' }), event: 'command_answered' },
    { client: await world.connect(second, ada, { contract: 'direct' }), event: 'command_answered' },
    { client: await world.connect(second, ada, { contract: 'conversations' }), event: 'commandAnswered' },
    { client: await world.connect(first, ada, { contract: 'organizations' }), event: 'commandAnswered' },
    { client: await world.connect(second, ada, { contract: 'groups' }), event: 'command-answered' },
  ];
  const foreign = await world.connect(first, bob, { contract: 'rooms' });
  const answer = { roomId: newId(), messageId: newId(), word: 'weather', text: 'Rain.', problem: null };
  await world.publish('command.answered', { userId: ada.userId, answer });
  for (const { client, event } of clients)
    await eventually(() =>
      expect(client.events).toContainEqual(expect.objectContaining({ event, data: answer })),
    );
  expect(JSON.stringify(foreign.events)).not.toContain(answer.messageId);
});
