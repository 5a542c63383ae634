import { calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

it('getMemberships returns the room and the requested users who are members', async () => {
  const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
  const { body: room } = await ada.call('POST', '/rooms', { name: 'Asked', members: [bob.id] });
  const answer = await directory.ask(calls.getMemberships, { roomId: room.id, userIds: [bob.id, cleo.id] });
  expect(answer).toEqual({
    room: {
      id: room.id,
      kind: 'channel',
      name: 'Asked',
      isPrivate: false,
      organizationId: null,
      earlierUnread: false,
      roomMentions: 'auto',
      memberCount: 2,
    },
    members: [
      { roomId: room.id, userId: bob.id, username: bob.username, role: 'member', canSend: true, version: 2 },
    ],
  });
  expect(await directory.ask(calls.getMemberships, { roomId: newId(), userIds: [bob.id] })).toEqual({
    room: null,
    members: [],
  });
});

it('getStandings returns the rooms that exist, and in direct rooms both people', async () => {
  const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  const { body: shared } = await ada.call('POST', '/rooms', { name: 'Shared', members: [bob.id] });
  const { body: others } = await bob.call('POST', '/rooms', { name: "Bob's" });
  const { room: direct } = await directory.ask(calls.openDirectRoom, { userId: ada.id, otherId: bob.id });
  const roomIds = [shared.id, others.id, direct.id, newId()];
  const { rooms, members } = await directory.ask(calls.getStandings, { userId: ada.id, roomIds });
  expect(rooms.map(({ id }) => id).sort()).toEqual(roomIds.slice(0, 3).sort());
  const seen = members.map(({ roomId, userId }) => `${roomId} ${userId}`);
  expect(seen.sort()).toEqual(
    [`${shared.id} ${ada.id}`, `${direct.id} ${ada.id}`, `${direct.id} ${bob.id}`].sort(),
  );
});

it('getLostMemberships returns those who are not members, and whether the room is gone', async () => {
  const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
  const { body: room } = await ada.call('POST', '/rooms', { name: 'Kept', members: [bob.id] });
  const gone = newId();
  const rooms = [
    { roomId: room.id, userIds: [ada.id, bob.id, cleo.id] },
    { roomId: gone, userIds: [bob.id] },
  ];
  const { lost } = await directory.ask(calls.getLostMemberships, { rooms });
  expect(lost).toHaveLength(2);
  expect(lost).toEqual(
    expect.arrayContaining([
      { roomId: room.id, userId: cleo.id, isRoomGone: false },
      { roomId: gone, userId: bob.id, isRoomGone: true },
    ]),
  );
  const many = Array.from({ length: 2_001 }, () => newId());
  const tooMany = [
    { roomId: room.id, userIds: many.slice(1) },
    { roomId: gone, userIds: many.slice(0, 1) },
  ];
  await expect(directory.ask(calls.getLostMemberships, { rooms: tooMany })).rejects.toThrow();
});

it('getDirectoryEvents returns what was published after a position that an event names', async () => {
  const { after } = await directory.ask(calls.getDirectoryEvents, { limit: 10 });
  const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  const { body: room } = await ada.call('POST', '/rooms', { name: 'Logged', members: [bob.id] });
  await ada.call('DELETE', `/rooms/${room.id}/members/${bob.id}`);
  const left = await directory.published('member.left', ({ roomId }) => roomId === room.id);
  const typesAfter = async (position: number | undefined) =>
    (await directory.ask(calls.getDirectoryEvents, { after: position, limit: 500 })).events.flatMap(
      ({ type, data }) => (JSON.stringify(data).includes(room.id) ? [type] : []),
    );
  await eventually(async () => expect(await typesAfter(after)).toEqual(['room.created', 'member.left']));
  expect(await typesAfter(left.position)).toEqual(['member.left']);
});

it('getRoomMembers returns at most the requested number', async () => {
  const [ada, ...others] = (await directory.people(4)) as [TestPerson, ...TestPerson[]];
  const { body: room } = await ada.call('POST', '/rooms', {
    name: 'Four',
    members: others.map(({ id }) => id),
  });
  expect((await directory.ask(calls.getRoomMembers, { roomId: room.id, limit: 3 })).members).toHaveLength(3);
  expect((await directory.ask(calls.getRoomMembers, { roomId: newId(), limit: 3 })).members).toEqual([]);
});

it('getUserRooms returns rooms of every kind, last joined first', async () => {
  const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  const open = (await bob.call('POST', '/rooms', { name: 'Open' })).body.id;
  const direct = (await ada.call('POST', '/rooms', { kind: 'direct', userId: bob.id })).body.id;
  await ada.call('POST', `/rooms/${open}/join`);
  expect((await directory.ask(calls.getUserRooms, { userId: ada.id })).roomIds).toEqual([open, direct]);
  expect((await directory.ask(calls.getUserRooms, { userId: ada.id, direct: false })).roomIds).toEqual([
    open,
  ]);
  expect((await directory.ask(calls.getUserRooms, { userId: ada.id, limit: 1 })).roomIds).toEqual([open]);
});

it('getAudience returns rooms and acquaintances, without blocks in either direction', async () => {
  const [ada, bob, cleo, dan] = (await directory.people(4)) as [
    TestPerson,
    TestPerson,
    TestPerson,
    TestPerson,
  ];
  const room = (await ada.call('POST', '/rooms', { name: 'Meeting' })).body.id;
  await bob.call('PUT', `/contacts/${ada.id}`);
  await ada.call('PUT', `/contacts/${dan.id}`);
  await ada.call('POST', '/rooms', { kind: 'direct', userId: cleo.id });
  const before = await directory.ask(calls.getAudience, { userId: ada.id });
  expect(before.roomIds).toEqual([room]);
  expect(before.userIds.sort()).toEqual([bob.id, cleo.id].sort());
  await cleo.call('PUT', `/blocks/${ada.id}`);
  expect((await directory.ask(calls.getAudience, { userId: ada.id })).userIds).toEqual([bob.id]);
});

it('getBlocks and getBlockedUsers return blocks in both directions, until they end', async () => {
  const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
  await ada.call('PUT', `/blocks/${bob.id}`);
  await cleo.call('PUT', `/blocks/${ada.id}`);
  const pairs: [string, string][] = [
    [ada.id, bob.id],
    [bob.id, ada.id],
    [ada.id, cleo.id],
    [bob.id, cleo.id],
  ];
  expect((await directory.ask(calls.getBlocks, { pairs })).pairs).toEqual(pairs.slice(0, 3));
  const blocked = async (limit = 10) =>
    (await directory.ask(calls.getBlockedUsers, { userId: ada.id, limit })).userIds.sort();
  expect(await blocked()).toEqual([bob.id, cleo.id].sort());
  expect(await blocked(1)).toHaveLength(1);
  await ada.call('DELETE', `/blocks/${bob.id}`);
  expect(await blocked()).toEqual([cleo.id]);
});

it('calls about several users answer each of them as the calls about one user do', async () => {
  const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
  await ada.call('POST', '/rooms', { name: 'Shared', members: [bob.id] });
  await bob.call('POST', '/rooms', { name: "Bob's" });
  await ada.call('POST', '/rooms', { kind: 'direct', userId: bob.id });
  await cleo.call('PUT', `/contacts/${bob.id}`);
  await cleo.call('PUT', `/blocks/${ada.id}`);
  const userIds = [ada.id, newId(), bob.id, cleo.id];
  const { users: rooms } = await directory.ask(calls.getRoomsOfUsers, { userIds, limit: 10 });
  const { users: audiences } = await directory.ask(calls.getAudiences, { userIds });
  const { users: blocks } = await directory.ask(calls.getBlocksOfUsers, { userIds, limit: 10 });
  expect(rooms.map(({ roomIds }) => roomIds.length)).toEqual([1, 0, 2, 0]);
  for (const [index, userId] of userIds.entries()) {
    const alone = await Promise.all([
      directory.ask(calls.getUserRooms, { userId, direct: false }),
      directory.ask(calls.getAudience, { userId }),
      directory.ask(calls.getBlockedUsers, { userId, limit: 10 }),
    ]);
    const together = [rooms[index], audiences[index], blocks[index]];
    expect(together).toEqual(alone.map((answer) => ({ userId, ...answer })));
  }
});

it('getAudiences leaves out large rooms and further ones, and getRoomsOfUsers names the large', async () => {
  const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
  const members = [bob.id, cleo.id];
  const large = (await ada.call('POST', '/rooms', { name: 'Large', members })).body.id;
  const small = (await ada.call('POST', '/rooms', { name: 'Small', members: [bob.id] })).body.id;
  const latest = (await ada.call('POST', '/rooms', { name: 'Latest' })).body.id;
  const userIds = [ada.id];
  const roomsFor = async (question: { limit?: number; upTo?: number }) =>
    (await directory.ask(calls.getAudiences, { userIds, ...question })).users[0]?.roomIds;
  expect(await roomsFor({})).toEqual([latest, small, large]);
  expect(await roomsFor({ upTo: 2 })).toEqual([latest, small]);
  expect(await roomsFor({ upTo: 2, limit: 1 })).toEqual([latest]);
  const question = { userIds: [ada.id, bob.id], limit: 10, upTo: 2 };
  expect((await directory.ask(calls.getRoomsOfUsers, question)).large).toEqual([large]);
});

it('openDirectRoom refuses oneself and unknown users with their error codes', async () => {
  const ada = await directory.person();
  const open = (userId: string, otherId: string) => directory.ask(calls.openDirectRoom, { userId, otherId });
  await expect(open(ada.id, ada.id)).rejects.toMatchObject({ code: 'self_reference' });
  await expect(open(ada.id, newId())).rejects.toMatchObject({ code: 'user_not_found' });
  await expect(open(newId(), ada.id)).rejects.toMatchObject({ code: 'user_not_found' });
});

it('joinRoom joins open rooms, idempotently, and hides others', async () => {
  const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  const open = (await ada.call('POST', '/rooms', { name: 'Open' })).body.id;
  const hidden = (await ada.call('POST', '/rooms', { name: 'Hidden', isPrivate: true })).body.id;
  for (const _ of [1, 2]) {
    expect((await directory.ask(calls.joinRoom, { userId: bob.id, roomId: open })).room).toMatchObject({
      id: open,
      kind: 'channel',
    });
  }
  expect(
    (await directory.ask(calls.getMemberships, { roomId: open, userIds: [bob.id] })).members,
  ).toHaveLength(1);
  await expect(directory.ask(calls.joinRoom, { userId: bob.id, roomId: hidden })).rejects.toMatchObject({
    code: 'room_not_found',
  });
});

it('createChatRoom creates one room per id, even concurrently; later calls add users', async () => {
  const [ada, bob, cleo, dan] = (await directory.people(4)) as [
    TestPerson,
    TestPerson,
    TestPerson,
    TestPerson,
  ];
  const roomId = newId();
  const create = (userId: string, invited: string[]) =>
    directory.ask(calls.createChatRoom, { userId, roomId, name: 'plans', invited });
  await Promise.all([create(ada.id, [bob.id]), create(ada.id, [bob.id]), create(ada.id, [bob.id])]);
  expect((await create(ada.id, [cleo.id])).room).toMatchObject({
    id: roomId,
    kind: 'group',
    name: 'plans',
    isPrivate: true,
  });
  const { members } = await directory.ask(calls.getRoomMembers, { roomId, limit: 10 });
  expect(members.map(({ userId }) => userId).sort()).toEqual([ada.id, bob.id, cleo.id].sort());
  await expect(create(bob.id, [dan.id])).rejects.toMatchObject({ code: 'not_authorized' });
  await expect(create(dan.id, [dan.id])).rejects.toMatchObject({ code: 'room_not_found' });
});

it('createChatRoom invites to the given room if the caller may see it, or creates another', async () => {
  const [ada, bob, cleo] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
  const existing = (await ada.call('POST', '/rooms', { name: 'Existing', isPrivate: true })).body.id;
  const create = (userId: string, invited: string[]) =>
    directory.ask(calls.createChatRoom, { userId, roomId: newId(), existing, name: 'x', invited });
  expect((await create(ada.id, [bob.id])).room).toMatchObject({ id: existing, name: 'Existing' });
  await expect(create(bob.id, [cleo.id])).rejects.toMatchObject({ code: 'not_authorized' });
  expect((await create(cleo.id, [ada.id])).room).toMatchObject({
    id: expect.not.stringContaining(existing),
    name: 'x',
    kind: 'group',
  });
});

it('createChatRoom never creates a room under the id of a deleted one, even concurrently', async () => {
  const [ada, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  const roomId = newId();
  const request = { userId: ada.id, roomId, name: 'plans', invited: [bob.id] };
  const create = () => directory.ask(calls.createChatRoom, request);
  await create();
  const [deleted] = await Promise.all([
    ada.call('DELETE', `/rooms/${roomId}`),
    ...Array.from({ length: 5 }, () => create().catch(() => undefined)),
  ]);
  expect(deleted?.status).toBe(204);
  await expect(create()).rejects.toMatchObject({ code: 'room_not_found' });
  expect((await ada.call('GET', '/rooms?mine=true')).body.rooms).toEqual([]);
  // The id of a deleted room is a placeholder like any other.
  const { room } = await directory.ask(calls.createChatRoom, {
    ...request,
    roomId: newId(),
    existing: roomId,
  });
  expect(room.id).not.toBe(roomId);
  expect((await bob.call('GET', '/rooms?mine=true')).body.rooms).toMatchObject([{ id: room.id }]);
});
