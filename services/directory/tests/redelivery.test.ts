import { publishEvent } from '@parley/bus';
import { calls, type EventData, type EventOf, type EventType, makeEvent } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryTest, startDirectory } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

test('redelivered events of auth, one by one or at once, change nothing and publish nothing', async () => {
  const [before, org] = [newId(), newId()];
  const [ada, bob] = [await directory.person('ada', org), directory.stranger('bob', org)];
  let now = Date.now();
  const event = <T extends EventType>(type: T, data: EventData<T>) =>
    makeEvent(type, data, { id: newId(), now: ++now }) as EventOf<EventType>;
  const moved = (organizationId: string | null) =>
    event('user.organization_changed', {
      userId: bob.id,
      organizationId,
      organizationRole: organizationId === null ? null : 'user',
    });
  const createdAt = new Date(now).toISOString();
  const events = [
    event('user.registered', {
      userId: bob.id,
      username: 'bob',
      name: 'Bob',
      organizationId: before,
      organizationRole: 'user',
      createdAt,
    }),
    moved(org),
  ];
  for (const one of events) await publishEvent(directory.bus, one);
  const { body: first } = await ada.call('POST', '/rooms', {
    kind: 'group',
    name: 'First',
    members: [bob.id],
  });
  events.push(moved(null));
  for (const one of events.slice(2)) await publishEvent(directory.bus, one);
  // Back in the organization and in a room that the redelivered departure must not end.
  events.push(moved(org));
  for (const one of events.slice(3)) await publishEvent(directory.bus, one);
  const { body: second } = await ada.call('POST', '/rooms', {
    kind: 'group',
    name: 'Second',
    members: [bob.id],
  });
  await directory.published('room.created', ({ room }) => room.id === second.id);

  const membersOf = async (roomId: string) =>
    (await directory.ask(calls.getRoomMembers, { roomId, limit: 10 })).members;
  const state = async () => [
    await membersOf(first.id),
    await membersOf(second.id),
    (await bob.call('GET', '/users/me')).body,
    directory.events.map(({ id }) => id),
  ];
  const seen = await state();
  expect(seen[2]).toMatchObject({ username: 'bob', organizationId: org });
  for (const one of events)
    await Promise.all([publishEvent(directory.bus, one), publishEvent(directory.bus, one)]);
  expect(await state()).toEqual(seen);
  await Promise.all([...events, ...events].map((one) => publishEvent(directory.bus, one)));
  expect(await state()).toEqual(seen);
});
