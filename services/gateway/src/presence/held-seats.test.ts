import { newId } from '@parley/runtime';
import { beforeEach, expect, test } from 'vitest';
import { HeldSeats } from './held-seats.ts';
import type { HeldPresenceStore, Seat } from './presence-store.ts';

const leaseMs = 15_000;
const seat = (username: string): Seat => ({ userId: newId(), username, connectionId: newId() });
const person = ({ userId, username }: Seat) => ({ userId, username });

let now: number;
let away: boolean;
let isIntact: boolean;
/** The calls of the store, with the number of seats. */
let asked: [string, number][];
let stored: Set<string>;
let seats: HeldSeats<Seat>;
beforeEach(() => {
  [now, away, isIntact] = [1_000, false, true];
  [asked, stored] = [[], new Set()];
  const ask = (what: string, count: number) => {
    if (away) throw new Error('away');
    asked.push([what, count]);
  };
  const store: Pick<HeldPresenceStore, 'hold' | 'extend' | 'releaseAll'> = {
    hold: async (held) => {
      ask('hold', held.length);
      const came = held.filter(({ userId }) => !stored.has(userId));
      for (const { userId } of came) stored.add(userId);
      return came.map(person);
    },
    extend: async () => {
      ask('extend', 0);
      return isIntact;
    },
    releaseAll: async (released) => {
      ask('release', released.length);
      for (const { userId } of released) stored.delete(userId);
      return new Map();
    },
  };
  seats = new HeldSeats({ store: store as HeldPresenceStore, leaseMs, clock: () => now });
});

test('a renewal states nothing again', async () => {
  const all = Array.from({ length: 1_000 }, () => seat('ada'));
  expect(await seats.hold(all)).toHaveLength(1_000);
  for (let renewal = 0; renewal < 3; renewal++) await seats.renew(() => all);
  expect(asked).toEqual([
    ['hold', 1_000],
    ['extend', 0],
    ['extend', 0],
    ['extend', 0],
  ]);
});

test('after an outage, a renewal stores and releases what was missed', async () => {
  const [left, came] = [seat('left'), seat('came')];
  await seats.hold([left]);
  away = true;
  await expect(seats.hold([came])).rejects.toThrow();
  await expect(seats.release([left], 0)).rejects.toThrow();
  await expect(seats.renew(() => [came])).rejects.toThrow();
  away = false;
  asked = [];
  expect(await seats.renew(() => [came])).toEqual([person(came)]);
  expect(await seats.renew(() => [came])).toEqual([]);
  expect(asked).toEqual([
    ['extend', 0],
    ['release', 1],
    ['hold', 1],
    ['extend', 0],
  ]);
});

test('users who never seemed to leave do not come again when the store has lost its data', async () => {
  const [early, late] = [seat('early'), seat('late')];
  await seats.hold([early]);
  now += 10_000;
  await seats.renew(() => [early]);
  [isIntact, stored] = [false, new Set()];
  await expect(seats.renew(() => [early, late])).resolves.toEqual([person(late)]);
  expect(stored.size).toBe(2);
});

test('users whose departure may have been announced come again', async () => {
  const ada = seat('ada');
  await seats.hold([ada]);
  now += leaseMs;
  [isIntact, stored] = [false, new Set()];
  expect(await seats.renew(() => [ada])).toEqual([person(ada)]);
});

test('a seat that was released before it could be stored is not stored later', async () => {
  const ada = seat('ada');
  away = true;
  await expect(seats.hold([ada])).rejects.toThrow();
  await expect(seats.release([ada], 0)).rejects.toThrow();
  away = false;
  await seats.renew(() => []);
  expect(asked.map(([what]) => what)).toEqual(['extend', 'release']);
});

test('a connection that could not be released, and is back, stays', async () => {
  const ada = seat('ada');
  await seats.hold([ada]);
  away = true;
  await expect(seats.release([ada], 0)).rejects.toThrow();
  away = false;
  const back = { ...ada };
  await seats.hold([back]);
  await seats.renew(() => [back]);
  expect(asked.map(([what]) => what)).toEqual(['hold', 'hold', 'extend']);
});
