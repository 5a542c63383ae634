import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SyncPage } from './sync-page.ts';

interface Row {
  roomId: string;
  changedSeq: number;
  text: string;
}

test('property: within any bounds, pages return every row of every room once and in order', () => {
  const bounds = fc.record({
    rows: fc.integer({ min: 1, max: 20 }),
    bytes: fc.integer({ min: 1, max: 2_000 }),
  });
  // The rows' numbers have gaps, because later changes replaced earlier ones.
  const room = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });
  fc.assert(
    fc.property(
      fc.array(room, { minLength: 1, maxLength: 5 }),
      bounds,
      fc.integer({ min: 1, max: 10 }),
      (rooms, bound, limit) => {
        const stored = rooms.map((numbers, index) =>
          numbers
            .toSorted((a, b) => a - b)
            .map(
              (changedSeq): Row => ({
                roomId: `${index}`,
                changedSeq,
                text: 'x'.repeat((changedSeq * 37) % 300),
              }),
            ),
        );
        const found: Row[][] = rooms.map(() => []);
        let ranges = stored.map((rows, index) => ({
          roomId: `${index}`,
          after: 0,
          head: rows.at(-1)?.changedSeq ?? 0,
        }));
        for (let left = ranges; left.length > 0; left = ranges.filter(({ after, head }) => after < head)) {
          const page = new SyncPage(1, bound);
          const plan = page.plan(left, limit);
          const fetched = plan.flatMap(({ roomId, after, take }) =>
            (stored[Number(roomId)] ?? []).filter(({ changedSeq }) => changedSeq > after).slice(0, take),
          );
          const answer = page.fit(left, plan, fetched, (row) => JSON.stringify(row).length);
          const rows = [...answer.values()].flatMap((one) => one.rows);
          expect(rows.length).toBeLessThanOrEqual(bound.rows);
          expect(rows.length === 1 || JSON.stringify(rows).length < bound.bytes + 2 + rows.length).toBe(true);
          const before = ranges;
          ranges = ranges.map((range) => ({
            ...range,
            after: answer.get(range.roomId)?.upTo ?? range.after,
          }));
          if (left.some(({ after, head }) => after < head)) expect(ranges).not.toEqual(before);
          for (const [roomId, one] of answer) found[Number(roomId)]?.push(...one.rows);
        }
        expect(found).toEqual(stored);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});
