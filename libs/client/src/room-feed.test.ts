import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RoomFeed } from './room-feed.ts';

const event = (seq: number) => ({ seq });
const numbers = (events: readonly { seq: number }[]) => events.map(({ seq }) => seq);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('the feed of a room', () => {
  test('events in order are emitted at once, and repeated events are not', () => {
    const feed = new RoomFeed(0);
    expect(numbers(feed.accept(event(1)))).toEqual([1]);
    expect(numbers(feed.accept(event(1)))).toEqual([]);
    expect(numbers(feed.accept(event(2)))).toEqual([2]);
    expect(feed.gap).toBe(false);
  });

  test('an early event waits for those before it and reports a gap', () => {
    const feed = new RoomFeed(0);
    expect(numbers(feed.accept(event(3)))).toEqual([]);
    expect(feed.gap).toBe(true);
    expect(numbers(feed.accept(event(1)))).toEqual([1]);
    expect(numbers(feed.accept(event(2)))).toEqual([2, 3]);
    expect(feed.gap).toBe(false);
  });

  test('a sync fills the gap, including numbers that no longer have an event', () => {
    const feed = new RoomFeed(4);
    feed.accept(event(9));
    expect(numbers(feed.cover(8, [event(3), event(5), event(8)]))).toEqual([5, 8, 9]);
    expect(feed.cursor).toBe(9);
  });

  test('a new room begins where it is joined, with the events received meanwhile', () => {
    const feed = new RoomFeed();
    expect(numbers([...feed.accept(event(7)), ...feed.accept(event(8)), ...feed.accept(event(9))])).toEqual(
      [],
    );
    expect(numbers(feed.begin(7))).toEqual([8, 9]);
    expect(feed.gap).toBe(false);
  });

  test('a room known to be further ahead has a gap', () => {
    const feed = new RoomFeed(3);
    expect(feed.begin(5)).toEqual([]);
    expect([feed.cursor, feed.gap]).toEqual([3, true]);
  });

  test('the number of waiting events is bounded; the rest of a flood behind a gap comes by sync', () => {
    const feed = new RoomFeed(0);
    for (let seq = 2; seq <= 5_000; seq++) feed.accept(event(seq));
    expect(numbers(feed.cover(1, [event(1)]))).toEqual(upTo(1_001));
    expect(feed.gap).toBe(true);
    expect(numbers(feed.cover(5_000, upTo(5_000).map(event))).at(-1)).toBe(5_000);
  });

  test(
    'property: despite lost, repeated and swapped events and syncs at any time, ' +
      'each number is emitted once and in order',
    () => {
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.record({ live: fc.integer({ min: 1, max: 60 }) }) },
        {
          weight: 1,
          arbitrary: fc.record({
            sync: fc.integer({ min: 0, max: 20 }),
            page: fc.integer({ min: 1, max: 30 }),
          }),
        },
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 5 }), (steps, since) => {
          const feed = new RoomFeed(since);
          const emitted: number[] = [];
          let head = since;
          for (const one of steps) {
            if ('live' in one) {
              // Either an event that has happened arrives now, or the next one happens.
              head = Math.max(head, Math.min(one.live, head + 3));
              emitted.push(...numbers(feed.accept(event(Math.min(one.live, head)))));
            } else {
              // An answer may be older than the events received meanwhile, and end anywhere.
              const from = Math.max(0, (feed.cursor ?? 0) - one.sync);
              const end = Math.min(head, from + one.page);
              emitted.push(...numbers(feed.cover(end, upTo(end).slice(from).map(event))));
            }
          }
          while (feed.gap) emitted.push(...numbers(feed.cover(head, upTo(head).map(event))));
          expect(emitted).toEqual(upTo(feed.cursor ?? 0).slice(since));
        }),
        { numRuns: 500, seed: 20 },
      );
    },
  );
});
