import { MemoryBackplane, roomKey, userKey } from '@parley/backplane';
import { answer, MemoryBus } from '@parley/bus';
import { calls, type Message, type NumberedChange, type RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, maximum, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { beforeEach, expect, test } from 'vitest';
import type { Connection } from '../connections/connection.ts';
import { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import { CatchUp } from './catch-up.ts';
import { headQuestions } from './head-questions.ts';
import { Sequencer } from './sequencer.ts';
import { Subscriptions } from './subscriptions.ts';

/** A backplane that subscribes only when opened. */
class SlowBackplane extends MemoryBackplane {
  open: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });

  override subscribe(): Promise<void> {
    return this.#opened;
  }
}

const logger = createLogger({ service: 'gateway', level: 'silent' });
const connection = { id: newId(), caller: { userId: newId() } } as Connection;
const room = (): RoomState => ({
  id: newId(),
  kind: 'group',
  name: 'a room',
  isPrivate: true,
  organizationId: null,
});
const change = (roomId: string, seq: number): NumberedChange => ({
  kind: 'message.created',
  roomId,
  seq,
  message: { id: `${seq}` } as Message,
});
/** Since when a follower receives a room. */
const begin = new Date();
const joined = new Set<string>();
const watching = {
  start: async (_connection: Connection, rooms: readonly RoomState[]) => {
    for (const { id } of rooms) joined.add(id);
  },
  stop: async (_connection: Connection, roomId: string) => void joined.delete(roomId),
  hasJoined: (_connection: Connection, roomId: string) => joined.has(roomId),
};
let backplane: SlowBackplane;
let rooms: SubscriptionTable;
let subscriptions: Subscriptions;
let head: number;
let away: boolean;
/** Delays the answers about changes. */
let beforeChanges: Promise<void>;
let asked: number[];
let sequencer: Sequencer;
let delivered: number[];
/** Delivered to one connection that caught up. */
let late: number[];

beforeEach(async () => {
  backplane = new SlowBackplane();
  rooms = new SubscriptionTable(backplane);
  [head, away] = [4, false];
  const bus = new MemoryBus({ logger });
  await answer(bus, calls.getHeads, async ({ roomIds, before }) => {
    if (before === undefined) asked.push(roomIds.length);
    if (away) throw new AppError('unavailable');
    return { heads: roomIds.map((roomId) => ({ roomId, seq: head })) };
  });
  const metrics = { gap: () => undefined, repaired: () => undefined, leftOpen: () => undefined };
  [delivered, late, asked] = [[], [], []];
  sequencer = new Sequencer({ bus, heads: headQuestions(bus), logger, metrics }, rooms, (_, change) => {
    if ('seq' in change) delivered.push(change.seq);
  });
  beforeChanges = Promise.resolve();
  await answer(bus, calls.getChanges, async ({ roomId, afterSeq, limit }) => {
    await beforeChanges;
    const changes = Array.from({ length: limit }, (_, index) => change(roomId, afterSeq + 1 + index));
    return { changes, seq: afterSeq + limit };
  });
  const catchUp = new CatchUp({ bus, logger, metrics, rooms, sequencer }, (_, { seq }) => late.push(seq));
  subscriptions = new Subscriptions({
    rooms,
    sequencer,
    catchUp,
    watching,
    maxRooms: maximum('MAX_ROOMS_PER_CONNECTION', 2, 'rooms per connection'),
  });
});

test('the head of a room is asked for only after its channel is open', async () => {
  const joining = subscriptions.start(connection, room());
  await undefined;
  // Stored and published before the channel was open: it never arrives here.
  head = 5;
  backplane.open();
  expect(await joining).toBe(5);
});

test('a user removed while joining is not subscribed', async () => {
  const one = room();
  const joining = subscriptions.start(connection, one);
  rooms.remove(connection, roomKey(one.id));
  backplane.open();
  await expect(joining).rejects.toMatchObject({ code: 'room_not_found' });
  expect(rooms.keys()).toEqual([]);
});

test('a failed join leaves nothing behind and does not affect earlier ones', async () => {
  backplane.open();
  const one = room();
  await subscriptions.start(connection, one);
  away = true;
  await expect(subscriptions.start(connection, room())).rejects.toMatchObject({ code: 'unavailable' });
  await eventually(() => expect(rooms.keys()).toEqual([roomKey(one.id)]));
  expect(await subscriptions.start(connection, one)).toBe(4);
});

test('a follower receives a room without being in it, also after joining and leaving it', async () => {
  backplane.open();
  const one = room();
  subscriptions.followAll(connection);
  await subscriptions.follow(connection, one.id, begin);
  expect([subscriptions.isSubscribed(connection, one.id), subscriptions.sees(connection, one.id)]).toEqual([
    true,
    false,
  ]);
  await subscriptions.start(connection, one);
  expect(subscriptions.sees(connection, one.id)).toBe(true);
  await subscriptions.leave(connection, one.id);
  expect([subscriptions.isSubscribed(connection, one.id), subscriptions.sees(connection, one.id)]).toEqual([
    true,
    false,
  ]);
  subscriptions.evict(connection, one.id);
  expect(subscriptions.isSubscribed(connection, one.id)).toBe(false);
});

test('rooms that are followed at the same time cost one question', async () => {
  backplane.open();
  subscriptions.followAll(connection);
  await Promise.all([room(), room()].map(({ id }) => subscriptions.follow(connection, id, begin)));
  expect(asked).toEqual([2]);
});

test('followed rooms do not count towards the limit of joined rooms', async () => {
  backplane.open();
  void rooms.add(connection, userKey(connection.caller.userId));
  subscriptions.followAll(connection);
  const followed = [room(), room(), room()] as const;
  for (const [index, { id }] of followed.entries())
    expect(await subscriptions.follow(connection, id, begin)).toBe(index < 2);
  expect(followed.map(({ id }) => subscriptions.isSubscribed(connection, id))).toEqual([true, true, false]);
  for (const one of [room(), room()]) await subscriptions.start(connection, one);
  await expect(subscriptions.start(connection, room())).rejects.toMatchObject({ code: 'limit_reached' });
});

test('a follower that joins receives no change before the number that its join answers', async () => {
  backplane.open();
  const one = room();
  subscriptions.followAll(connection);
  await subscriptions.follow(connection, one.id, begin);
  // Stored, and still in flight while the connection joins.
  head = 7;
  expect(await subscriptions.start(connection, one)).toBe(4);
  for (const seq of [5, 6, 7]) sequencer.accept(roomKey(one.id), [change(one.id, seq)]);
  expect(delivered).toEqual([5, 6, 7]);
});

test('a follower of a room whose head cannot be asked for receives every change once it can', async () => {
  backplane.open();
  const one = room();
  subscriptions.followAll(connection);
  away = true;
  await expect(subscriptions.follow(connection, one.id, begin)).rejects.toMatchObject({
    code: 'unavailable',
  });
  sequencer.accept(roomKey(one.id), [change(one.id, 5)]);
  away = false;
  await subscriptions.follow(connection, one.id, begin);
  expect([delivered, late]).toEqual([[5], [5]]);
});

test('a follower that joins while it catches up receives only what follows its join', async () => {
  backplane.open();
  const one = room();
  await subscriptions.start({ id: newId(), caller: { userId: newId() } } as Connection, one);
  let release: () => void = () => undefined;
  beforeChanges = new Promise((resolve) => {
    release = resolve;
  });
  subscriptions.followAll(connection);
  const following = subscriptions.follow(connection, one.id, 0);
  expect(await subscriptions.start(connection, one)).toBe(4);
  sequencer.accept(roomKey(one.id), [change(one.id, 5)]);
  release();
  await following;
  expect([delivered, late]).toEqual([[5], [5]]);
});
