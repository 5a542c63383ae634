import type { RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, maximum, newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { beforeEach, expect, test } from 'vitest';
import type { Connection } from '../sockets/connection.ts';
import { Hearing } from './hearing.ts';
import { roomKey, userKey } from './keys.ts';
import { LocalFleet } from './local-fleet.ts';
import { RoomTable } from './room-table.ts';
import { Sequencer } from './sequencer.ts';

/** A road that takes its time. */
class SlowFleet extends LocalFleet {
  open: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });

  override hear(): Promise<void> {
    return this.#opened;
  }
}

const connection = { id: newId(), caller: { userId: newId() } } as Connection;
const room = (): RoomState => ({ id: newId(), kind: 'group', name: 'a room', isPrivate: true, organizationId: null });
const joined = new Set<string>();
const watching = {
  start: async (_connection: Connection, { id }: { id: string }) => void joined.add(id),
  stop: async (_connection: Connection, roomId: string) => void joined.delete(roomId),
  isIn: (_connection: Connection, roomId: string) => joined.has(roomId),
};
let fleet: SlowFleet;
let rooms: RoomTable;
let hearing: Hearing;
let head: number;
let away: boolean;

beforeEach(() => {
  fleet = new SlowFleet();
  rooms = new RoomTable(fleet);
  [head, away] = [4, false];
  const sequencer = new Sequencer({
    handOn: () => undefined,
    isHeard: (key) => rooms.at(key).size > 0,
    getChanges: async () => {
      if (away) throw new AppError('unavailable');
      return { changes: [], seq: head };
    },
    metrics: { gap: () => undefined, repaired: () => undefined, leftOpen: () => undefined },
    logger: createLogger({ service: 'gateway', level: 'silent' }),
  });
  rooms.onUnheard((key) => sequencer.close(key));
  hearing = new Hearing({ rooms, sequencer, watching, maxRooms: maximum('MAX_ROOMS_PER_CONNECTION', 2, 'rooms per connection') });
});

test('where a room is is asked when its channel is open, so that nothing falls between', async () => {
  const joining = hearing.start(connection, room());
  await undefined;
  // Stored and told before the channel was open: it will never arrive here.
  head = 5;
  fleet.open();
  expect(await joining).toBe(5);
});

test('who is removed while joining does not hear the room', async () => {
  const one = room();
  const joining = hearing.start(connection, one);
  rooms.remove(connection, roomKey(one.id));
  fleet.open();
  await expect(joining).rejects.toMatchObject({ code: 'room_not_found' });
  expect(rooms.keys()).toEqual([]);
});

test('a join that fails leaves nothing behind, and harms none that worked', async () => {
  fleet.open();
  const one = room();
  await hearing.start(connection, one);
  away = true;
  await expect(hearing.start(connection, room())).rejects.toMatchObject({ code: 'unavailable' });
  await eventually(() => expect(rooms.keys()).toEqual([roomKey(one.id)]));
  expect(await hearing.start(connection, one)).toBe(4);
});

test('who follows all rooms receives one without being in it, also after having joined and left it', async () => {
  fleet.open();
  const one = room();
  hearing.followAll(connection);
  await hearing.follow(connection, one.id, false);
  expect([hearing.hears(connection, one.id), hearing.sees(connection, one.id)]).toEqual([true, false]);
  await hearing.start(connection, one);
  expect(hearing.sees(connection, one.id)).toBe(true);
  await hearing.leave(connection, one.id);
  expect([hearing.hears(connection, one.id), hearing.sees(connection, one.id)]).toEqual([true, false]);
  hearing.evict(connection, one.id);
  expect(hearing.hears(connection, one.id)).toBe(false);
});

test('a connection may join as many rooms as it may follow, beside those', async () => {
  fleet.open();
  void rooms.add(connection, userKey(connection.caller.userId));
  hearing.followAll(connection);
  const followed = [room(), room(), room()];
  for (const { id } of followed) await hearing.follow(connection, id, false);
  expect(followed.map(({ id }) => hearing.hears(connection, id))).toEqual([true, true, false]);
  for (const one of [room(), room()]) await hearing.start(connection, one);
  await expect(hearing.start(connection, room())).rejects.toMatchObject({ code: 'limit_reached' });
});
