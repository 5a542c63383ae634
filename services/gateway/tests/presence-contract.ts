import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { describe, expect, test } from 'vitest';
import type { PresenceStore, Seat } from '../src/presence/presence-store.ts';

/**
 * The guarantees of every `PresenceStore`.
 * @param open opens a store and a second gateway's view of the same store
 */
export function presenceContract(name: string, open: () => Promise<[PresenceStore, PresenceStore]>): void {
  const seat = (username: string, userId = newId()): Seat => ({ userId, username, connectionId: newId() });
  const person = ({ userId, username }: Seat) => ({ userId, username });
  const minute = 60_000;

  describe(name, () => {
    test('a user comes online once, with the first connection, until the last one closes', async () => {
      const [store, other] = await open();
      const phone = seat('ada');
      const laptop = seat('ada', phone.userId);
      expect(await store.renew([phone], minute)).toEqual([person(phone)]);
      expect(await other.renew([laptop], minute)).toEqual([]);
      expect(await store.renew([phone], minute)).toEqual([]);
      await store.release(phone, 0);
      await eventually(async () => expect(await store.takeExpired()).toEqual([]));
      expect(await other.online([phone.userId, newId()])).toEqual(new Set([phone.userId]));
    });

    test('a user who goes offline is reported by name to exactly one caller', async () => {
      const [store, other] = await open();
      const seats = [seat('ada'), seat('Ada Augusta, Countess'), seat('bob')];
      await store.renew(seats, minute);
      for (const one of seats.slice(0, 2)) await store.release(one, 0);
      const gone: unknown[] = [];
      await eventually(async () => {
        gone.push(...(await Promise.all([store.takeExpired(), other.takeExpired()])).flat());
        expect(gone).toHaveLength(2);
      });
      expect(gone).toEqual(expect.arrayContaining(seats.slice(0, 2).map(person)));
      expect(await other.online(seats.map(({ userId }) => userId))).toEqual(new Set([seats[2]?.userId]));
      expect(await store.takeExpired()).toEqual([]);
    });

    test('a user who goes offline has the name given with the first connection', async () => {
      const [store, other] = await open();
      const unnamed = seat('');
      const named = seat('ada', unnamed.userId);
      await store.renew([unnamed], minute);
      await other.renew([named], minute);
      for (const one of [unnamed, named]) await store.release(one, 0);
      await eventually(async () => expect(await store.takeExpired()).toEqual([person(unnamed)]));
    });

    test('a reload within the grace period goes unnoticed', async () => {
      const [store, other] = await open();
      const before = seat('ada');
      const after = seat('ada', before.userId);
      await store.renew([before], minute);
      await store.release(before, minute);
      expect(await other.takeExpired()).toEqual([]);
      expect(await other.renew([after], minute)).toEqual([]);
    });

    test('a lease that is not renewed expires', async () => {
      const [store, other] = await open();
      const lost = seat('ada');
      await store.renew([lost], 100);
      expect(await other.online([lost.userId])).toEqual(new Set([lost.userId]));
      const lapsed = { ...person(lost), lapsedAt: expect.any(Number) };
      await eventually(async () => expect(await other.takeExpired()).toEqual([lapsed]));
      expect(await store.renew([lost], minute), 'after that, a renewal comes online again').toEqual([
        person(lost),
      ]);
    });

    test('releasing never extends a lease, and ignores unknown connections', async () => {
      const [store] = await open();
      const short = seat('ada');
      await store.renew([short], 50);
      await store.release(short, minute);
      await store.release(seat('nobody'), minute);
      await eventually(async () => expect(await store.takeExpired()).toMatchObject([person(short)]));
    });

    test('a user whose last lease was not released is reported with its end', async () => {
      const [store, other] = await open();
      const [crashed, closed, drained] = [seat('ada'), seat('bob'), seat('eve')];
      const before = Date.now();
      await store.renew([crashed, drained], 200);
      await store.renew([closed], minute);
      await store.release(closed, 0);
      await store.release(drained, 100);
      const gone: { userId: string; lapsedAt?: number | undefined }[] = [];
      await eventually(async () => {
        gone.push(...(await other.takeExpired()));
        expect(gone).toHaveLength(3);
      });
      const endOf = (one: Seat) => gone.find(({ userId }) => userId === one.userId)?.lapsedAt;
      expect(endOf(closed)).toBeUndefined();
      for (const one of [crashed, drained]) expect(endOf(one)).toBeGreaterThan(before);
    });

    test('releasing answers when the latest connection came, if the user has another one', async () => {
      const [store, other] = await open();
      const [phone, laptop] = [seat('ada'), seat('ada')].map((one) => ({ ...one, userId: 'ada' })) as [
        Seat,
        Seat,
      ];
      const before = Date.now();
      await store.renew([phone], minute);
      expect(await store.release(phone, minute)).toBeUndefined();
      await other.renew([laptop], minute);
      const cameAt = (await store.release(phone, minute)) ?? 0;
      expect(cameAt).toBeGreaterThanOrEqual(before);
      await other.renew([laptop], minute);
      expect(await store.release(phone, 0), 'a renewal is no arrival').toBe(cameAt);
    });

    test('hundreds of users come and go at once', async () => {
      const [store, other] = await open();
      const seats = Array.from({ length: 700 }, (_, index) => seat(`user ${index}`));
      const came = await Promise.all([store.renew(seats, 50), other.renew(seats, 50)]);
      expect(came.flat()).toHaveLength(700);
      expect((await store.online(seats.map(({ userId }) => userId))).size).toBe(700);
      let gone = 0;
      await eventually(async () => {
        gone += (await store.takeExpired()).length;
        expect(gone).toBe(700);
      });
    });
  });
}
