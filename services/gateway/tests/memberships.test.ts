import { answer, MemoryBus } from '@parley/bus';
import { calls, type Membership, type RoomState } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Memberships } from '../src/membership/memberships.ts';

let bus: MemoryBus;
let memberships: Memberships;
let asked: number;
/** The directory's memberships, and a gate that holds its answers back. */
let members: Membership[];
let gate: Promise<void>;
let exists: boolean;
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

/** Holds answers back from now on, as they are at the time of the question. */
function holdAnswers(): { release: () => void } {
  let release: () => void = () => undefined;
  gate = new Promise((resolve) => {
    release = resolve;
  });
  return { release };
}

beforeEach(async () => {
  bus = new MemoryBus({ logger: createLogger({ service: 'test', level: 'silent' }) });
  memberships = new Memberships(bus);
  asked = 0;
  members = [version(1)];
  exists = true;
  gate = Promise.resolve();
  await answer(bus, calls.getMemberships, async ({ roomId }) => {
    asked++;
    const answered = {
      room: exists && roomId === room.id ? room : null,
      members: exists && roomId === room.id ? [...members] : [],
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

test('what is known does not expire, because events keep it current', async () => {
  await memberships.require(room.id, caller);
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  vi.advanceTimersByTime(24 * 60 * 60_000);
  await memberships.require(room.id, caller);
  vi.useRealTimers();
  expect(asked).toBe(1);
});

test('while missed events are read, whoever asks waits for them', async () => {
  await memberships.require(room.id, caller);
  let applied: () => void = () => undefined;
  memberships.suspend(
    new Promise<void>((resolve) => {
      applied = resolve;
    }),
  );
  const asking = isMember();
  memberships.left(room.id, userId, 2);
  members = [];
  applied();
  expect(await asking).toBe(false);
});

test('a departure applies at once, and an earlier answer does not undo it', async () => {
  const held = holdAnswers();
  const asking = memberships.find(room.id, userId);
  memberships.left(room.id, userId, 2);
  held.release();
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
});

test('a repeated departure, or one older than a rejoin, changes nothing', async () => {
  memberships.joined(room, version(1));
  expect(memberships.left(room.id, userId, 2)).toBe(true);
  expect(memberships.left(room.id, userId, 2)).toBe(false);
  memberships.joined(room, version(3));
  expect(memberships.left(room.id, userId, 2)).toBe(false);
  expect(await isMember()).toBe(true);
  expect(asked).toBe(0);
});

test('whatever is refused was asked for after the caller came', async () => {
  members = [];
  expect(await isMember()).toBe(false);
  members = [version(3)];
  expect(await isMember()).toBe(true);
  memberships.left(room.id, userId, 4);
  members = [];
  const before = holdAnswers();
  const early = isMember();
  await eventually(() => expect(asked).toBe(3));
  members = [version(5)];
  const late = Promise.all([isMember(), isMember()]);
  before.release();
  expect([await early, await late, asked]).toEqual([false, [true, true], 4]);
});

test('a member who may not write is asked for again, so an unblocking applies at once', async () => {
  members = [{ ...version(1), canSend: false }];
  const canSend = async () => (await memberships.find(room.id, userId)).membership?.canSend;
  expect(await canSend()).toBe(false);
  members = [version(2)];
  expect(await canSend()).toBe(true);
});

test('a user who enters a room is asked for, so a departure that arrives late changes nothing', async () => {
  expect(await isMember()).toBe(true);
  members = [version(3)];
  expect((await memberships.findNow(room.id, userId)).membership?.version).toBe(3);
  expect(memberships.left(room.id, userId, 2)).toBe(false);
  expect(await isMember()).toBe(true);
});

test('after lost events nothing cached is used', async () => {
  expect(await isMember()).toBe(true);
  members = [];
  memberships.clear();
  expect(await isMember()).toBe(false);
});

test('a deleted room is gone for all users', async () => {
  expect(await isMember()).toBe(true);
  exists = false;
  memberships.roomDeleted(room.id);
  await expect(memberships.require(room.id, caller)).rejects.toMatchObject({ code: 'room_not_found' });
});
