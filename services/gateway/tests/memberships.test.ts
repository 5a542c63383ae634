import { answer, MemoryBus } from '@parley/bus';
import { calls, type Membership, type RoomState } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { startStopwatch } from '@parley/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Memberships } from '../src/membership/memberships.ts';

let bus: MemoryBus;
let memberships: Memberships;
let asked: number;
/** The directory's memberships, and a gate that holds its answers back. */
let members: Membership[];
let gate: Promise<void>;
const room: RoomState = { id: newId(), kind: 'group', name: 'a room', isPrivate: true, organizationId: null };
const userId = newId();
const version = (number: number): Membership => ({
  roomId: room.id,
  userId,
  username: 'ada',
  role: 'member',
  canSend: true,
  version: number,
});
const caller = {
  userId,
  username: 'ada',
  sessionId: newId(),
  organizationId: null,
  organizationRole: null,
  contract: null,
};
const isMember = async () => (await memberships.find(room.id, userId)).membership !== null;

beforeEach(async () => {
  bus = new MemoryBus({ logger: createLogger({ service: 'test', level: 'silent' }) });
  memberships = new Memberships(bus);
  asked = 0;
  members = [version(1)];
  gate = Promise.resolve();
  await answer(bus, calls.getMemberships, async ({ roomId }) => {
    asked++;
    const answered = {
      room: roomId === room.id ? room : null,
      members: roomId === room.id ? [...members] : [],
    };
    await gate;
    return answered;
  });
});
afterEach(() => bus.close());

test('concurrent callers share one question, and its answer is cached', async () => {
  const found = await Promise.all(Array.from({ length: 50 }, () => memberships.require(room.id, caller)));
  await memberships.require(room.id, caller);
  expect(found.every(({ membership }) => membership.version === 1)).toBe(true);
  expect(asked).toBe(1);
});

test('a departure applies at once, and an earlier answer does not undo it', async () => {
  let open: () => void = () => undefined;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const asking = memberships.find(room.id, userId);
  memberships.left(room.id, userId, 2);
  open();
  expect((await asking).membership).toBeNull();
  expect(await isMember()).toBe(false);
});

test('the later version wins, in any order of arrival', async () => {
  expect(memberships.joined(room, version(3))).toBe(true);
  expect(memberships.left(room.id, userId, 2)).toBe(false);
  expect(await isMember()).toBe(true);
  expect(memberships.left(room.id, userId, 4)).toBe(true);
  expect(memberships.joined(room, version(3))).toBe(false);
  expect(await isMember()).toBe(false);
  memberships.joined(room, version(5));
  expect(await isMember()).toBe(true);
  expect(asked).toBe(0);
});

test('a repeated departure, or one older than a rejoin, changes nothing', async () => {
  memberships.joined(room, version(1));
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(true);
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(false);
  expect(memberships.left(room.id, userId, 2)).toBe(false);
  memberships.joined(room, version(3));
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(false);
  expect(await isMember()).toBe(true);
  expect(asked).toBe(0);
});

test('for an unknown user, a departure asks the directory whether they have rejoined', async () => {
  members = [version(3)];
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(false);
  expect(await isMember()).toBe(true);
  memberships.clear();
  members = [];
  expect(await memberships.hasLeft(room.id, userId, 4)).toBe(true);
  expect(asked).toBe(2);
});

test('without an answer within half a second, a departed user counts as removed', async () => {
  let open: () => void = () => undefined;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const elapsedMs = startStopwatch();
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(true);
  expect(elapsedMs()).toBeLessThan(500);
  expect(memberships.isOut(room.id, userId)).toBe(true);
  open();
});

test('after lost events nothing cached is used', async () => {
  expect(await isMember()).toBe(true);
  members = [];
  memberships.clear();
  expect(await isMember()).toBe(false);
});

test('a deleted room is gone for all users', async () => {
  expect(await isMember()).toBe(true);
  memberships.roomDeleted(room.id);
  await expect(memberships.require(room.id, caller)).rejects.toMatchObject({ code: 'room_not_found' });
});
