import { answer, MemoryBus } from '@parley/bus';
import { calls, type Membership, type RoomState } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { startStopwatch } from '@parley/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Memberships } from '../src/membership/memberships.ts';

let bus: MemoryBus;
let memberships: Memberships;
let asked: number;
/** The directory's truth, and a gate that holds its answers back. */
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

test('the same question is asked once, however many wait for it, and remembered', async () => {
  const found = await Promise.all(Array.from({ length: 50 }, () => memberships.require(room.id, caller)));
  await memberships.require(room.id, caller);
  expect(found.every(({ membership }) => membership.version === 1)).toBe(true);
  expect(asked).toBe(1);
});

test('who has left is out at once, and an answer from before does not bring them back', async () => {
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

test('of two facts the later version counts, in whatever order they come', async () => {
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

test('a departure that comes once more, or from before a return, is no news', async () => {
  memberships.joined(room, version(1));
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(true);
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(false);
  expect(memberships.left(room.id, userId, 2)).toBe(false);
  memberships.joined(room, version(3));
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(false);
  expect(await isMember()).toBe(true);
  expect(asked).toBe(0);
});

test('of whom nothing is known, the directory is asked whether they have come back since they left', async () => {
  members = [version(3)];
  expect(await memberships.hasLeft(room.id, userId, 2)).toBe(false);
  expect(await isMember()).toBe(true);
  memberships.clear();
  members = [];
  expect(await memberships.hasLeft(room.id, userId, 4)).toBe(true);
  expect(asked).toBe(2);
});

test('who is said to have left, and cannot be asked about within half a second, is out', async () => {
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

test('after lost events nothing is believed, not even an answer under way', async () => {
  expect(await isMember()).toBe(true);
  members = [];
  memberships.clear();
  expect(await isMember()).toBe(false);
});

test('a deleted room is gone for everybody', async () => {
  expect(await isMember()).toBe(true);
  memberships.roomDeleted(room.id);
  await expect(memberships.require(room.id, caller)).rejects.toMatchObject({ code: 'room_not_found' });
});
