import { calls } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DirectoryTest, replay, startDirectory, type TestPerson, versionsOf } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

const ascending = (numbers: readonly number[]) =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));

it('20 concurrent openings of a direct room, from both sides and APIs, create one room', async () => {
  const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  const ids = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const [one, other] = index % 2 === 0 ? [ada, bob] : [bob, ada];
      if (index % 4 < 2)
        return (await one.call('POST', '/rooms', { kind: 'direct', userId: other.id })).body.id;
      return (await directory.ask(calls.openDirectRoom, { userId: one.id, otherId: other.id })).room.id;
    }),
  );
  expect(new Set(ids).size).toBe(1);
  await directory.published('room.created', ({ room }) => room.id === ids[0]);
  expect(
    directory.events.filter((event) => event.type === 'room.created' && event.data.room.id === ids[0]),
  ).toHaveLength(1);
});

it('racing joins and leaves keep versions ascending, and events and tables consistent', async () => {
  const [owner, ...crowd] = (await directory.people(12)) as [TestPerson, ...TestPerson[]];
  const { body: room } = await owner.call('POST', '/rooms', { name: 'Busy' });
  const path = `/rooms/${room.id}`;
  const answers = await Promise.all(
    crowd.flatMap((one, index) => [
      one.call('POST', `${path}/join`),
      one.call('POST', `${path}/leave`),
      one.call('POST', `${path}/join`),
      owner.call('POST', `${path}/members`, { userIds: crowd.slice(index, index + 3).map(({ id }) => id) }),
      owner.call('DELETE', `${path}/members/${one.id}`),
      owner.call('PUT', `${path}/members/${one.id}/role`, { role: index % 2 === 0 ? 'admin' : 'member' }),
    ]),
  );
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  const { members } = await directory.ask(calls.getRoomMembers, { roomId: room.id, limit: 100 });
  const byId = (a: { userId: string }, b: { userId: string }) => a.userId.localeCompare(b.userId);
  await eventually(() =>
    expect([...replay(directory.events, room.id).values()].sort(byId)).toEqual(members.sort(byId)),
  );
  const versions = versionsOf(directory.events, room.id);
  expect(versions).toEqual(versions.map((_, index) => index + 1));
  expect(ascending(versions)).toBe(true);
  expect((await owner.call('GET', path)).body.memberCount).toBe(members.length);
});

it('concurrent transfers between two users leave exactly one owner', async () => {
  const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
  const { body: room } = await ada.call('POST', '/rooms', { name: 'Hot', members: [bob.id, cleo.id] });
  await Promise.all(
    [bob, cleo, bob, cleo].map((heir) => ada.call('POST', `/rooms/${room.id}/owner`, { userId: heir.id })),
  );
  const { members } = await directory.ask(calls.getRoomMembers, { roomId: room.id, limit: 10 });
  const owners = members.filter(({ role }) => role === 'owner');
  expect(owners).toHaveLength(1);
  expect((await ada.call('GET', `/rooms/${room.id}`)).body.ownerId).toBe(owners[0]?.userId);
});

it('a room deleted during joins ends with its deletion event', async () => {
  const [owner, ...crowd] = (await directory.people(8)) as [TestPerson, ...TestPerson[]];
  const { body: room } = await owner.call('POST', '/rooms', { name: 'Doomed' });
  const answers = await Promise.all([
    ...crowd.map((one) => one.call('POST', `/rooms/${room.id}/join`)),
    owner.call('DELETE', `/rooms/${room.id}`),
  ]);
  expect(answers.every(({ status }) => [200, 204, 404].includes(status))).toBe(true);
  await directory.published('room.deleted', ({ roomId }) => roomId === room.id);
  const types = directory.events
    .filter((event) => 'roomId' in event.data && event.data.roomId === room.id)
    .map(({ type }) => type);
  expect(types.at(-1)).toBe('room.deleted');
  expect(
    (await directory.ask(calls.getMemberships, { roomId: room.id, userIds: [owner.id] })).room,
  ).toBeNull();
});

it('concurrent creations with the same users in any order do not deadlock', async () => {
  const people = await directory.people(6);
  const answers = await Promise.all(
    people.map((maker, index) => {
      const others = [...people.slice(index), ...people.slice(0, index)].slice(1).map(({ id }) => id);
      return maker.call('POST', '/rooms', {
        kind: 'group',
        name: 'All',
        members: index % 2 === 0 ? others : others.reverse(),
      });
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(people.map(() => 201));
});
