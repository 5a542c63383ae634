import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { gate, numbered, numbersOf, upTo } from '../test-events.ts';
import type { Buses } from './buses.ts';

export function consumeContract(buses: () => Buses): void {
  describe('publish and consume', () => {
    it('delivers every event in the order of its partition', async () => {
      const { one, two } = buses();
      const seen: number[][] = [[], []];
      await two.consume('auth', 'directory', async (events, { partition }) => {
        seen[partition]?.push(...numbersOf(events));
      });
      await Promise.all(
        upTo(300).flatMap((n) => [one.publish('auth', 0, numbered(n)), one.publish('auth', 1, numbered(n))]),
      );
      await eventually(() => expect(seen).toEqual([upTo(300), upTo(300)]));
    });

    it('keeps events that are published before a consumer exists', async () => {
      const { one } = buses();
      const published = Promise.all(upTo(5).map((n) => one.publish('auth', 1, numbered(n))));
      const seen: number[] = [];
      await one.consume('auth', 'directory', async (events) => {
        seen.push(...numbersOf(events));
      });
      await published;
      await eventually(() => expect(seen).toEqual(upTo(5)));
    });

    it('delivers every event to every group', async () => {
      const { one } = buses();
      const seen: Record<string, number[]> = { messages: [], notifications: [] };
      for (const group of ['messages', 'notifications'] as const) {
        await one.consume('directory', group, async (events) => {
          seen[group]?.push(...numbersOf(events));
        });
      }
      await Promise.all(upTo(20).map((n) => one.publish('directory', 1, numbered(n))));
      await eventually(() => expect(seen).toEqual({ messages: upTo(20), notifications: upTo(20) }));
    });

    it('batches events that arrive within `lingerMs`, and loses none when the consumer closes', async () => {
      const { one, two } = buses();
      const batches: number[][] = [];
      const consume = () =>
        two.consume('auth', 'directory', async (events) => void batches.push(numbersOf(events)), {
          lingerMs: 1_000,
        });
      const consumer = await consume();
      const publish = (numbers: number[]) =>
        Promise.all(numbers.map((n) => one.publish('auth', 0, numbered(n))));
      await publish(upTo(10));
      await eventually(() => expect(batches).toEqual([upTo(10)]));
      await publish(upTo(10).map((n) => n + 10));
      await consumer.close();
      await consume();
      await eventually(() => expect(batches.flat()).toEqual(upTo(20)));
    });

    it('batches events that queue up during a run, up to `maxBatch`, without overlapping runs', async () => {
      const { one } = buses();
      const batches: number[][] = [];
      const { passed, open } = gate();
      let running = 0;
      let maxRunning = 0;
      await one.consume(
        'auth',
        'directory',
        async (events) => {
          running += 1;
          maxRunning = Math.max(maxRunning, running);
          batches.push(numbersOf(events));
          await passed;
          running -= 1;
        },
        { maxBatch: 10 },
      );
      const first = one.publish('auth', 0, numbered(0));
      await eventually(() => expect(batches).toEqual([[0]]));
      const others = upTo(45).map((n) => one.publish('auth', 0, numbered(n + 1)));
      open();
      await Promise.all([first, ...others]);
      await eventually(() => expect(batches.flat()).toEqual(upTo(46)));
      expect(maxRunning).toBe(1);
      const sizes = batches.map((batch) => batch.length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
      expect(Math.max(...sizes)).toBeGreaterThan(1);
    });

    it('runs partitions in parallel', async () => {
      const { one } = buses();
      const { passed, open } = gate();
      const started = new Set<number>();
      await one.consume('auth', 'directory', async (_, { partition }) => {
        started.add(partition);
        await passed;
      });
      const published = [one.publish('auth', 0, numbered(0)), one.publish('auth', 1, numbered(1))];
      await eventually(() => expect([...started].sort()).toEqual([0, 1]));
      open();
      await Promise.all(published);
    });

    it('gives every receiver a copy that no other can change', async () => {
      const { one } = buses();
      const seen: unknown[] = [];
      const spoil = async (events: readonly { data: unknown }[]) => {
        for (const { data } of events) {
          seen.push(structuredClone(data));
          (data as { n: number }).n = -1;
        }
      };
      await one.consume('directory', 'messages', spoil);
      await one.consume('directory', 'notifications', spoil);
      await one.listen('directory', (event) => spoil([event]));
      const event = numbered(7);
      const published = one.publish('directory', 0, event);
      (event.data as { n: number }).n = -2;
      await published;
      await eventually(() => expect(seen).toEqual([{ n: 7 }, { n: 7 }, { n: 7 }]));
    });

    it('refuses a partition that the topic does not have', async () => {
      const { one } = buses();
      await expect(one.publish('auth', 2, numbered(0))).rejects.toThrow(RangeError);
    });

    it('reports the depths of the queues that it consumes', async () => {
      const { one } = buses();
      const { passed, open } = gate();
      await one.consume('auth', 'directory', () => passed);
      const published = upTo(3).map((n) => one.publish('auth', 1, numbered(n)));
      await eventually(async () =>
        expect(await one.depths()).toEqual({ 'auth.directory.0': 0, 'auth.directory.1': 3 }),
      );
      open();
      await Promise.all(published);
      await eventually(async () =>
        expect(await one.depths()).toEqual({ 'auth.directory.0': 0, 'auth.directory.1': 0 }),
      );
    });
  });
}
