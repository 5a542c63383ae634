import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { gate, numbered, numberOf, numbersOf, upTo } from '../test-events.ts';
import type { Buses } from './buses.ts';

export function memberContract(buses: () => Buses): void {
  describe('members of a group', () => {
    it('work on a partition one at a time while members join and leave', async () => {
      const { one, two } = buses();
      const busy = new Set<number>();
      let overlaps = 0;
      const seen: number[][] = [[], []];
      const join = (bus: typeof one) =>
        bus.consume(
          'auth',
          'directory',
          async (events, { partition }) => {
            if (busy.has(partition)) overlaps += 1;
            busy.add(partition);
            await new Promise((resolve) => setImmediate(resolve));
            seen[partition]?.push(...numbersOf(events));
            busy.delete(partition);
          },
          { maxBatch: 5 },
        );
      const first = await join(one);
      const second = await join(two);
      const publish = (from: number) =>
        upTo(100).flatMap((n) => [
          one.publish('auth', 0, numbered(from + n)),
          one.publish('auth', 1, numbered(from + n)),
        ]);
      const published = publish(0);
      await eventually(() => expect(seen[0]?.length).toBeGreaterThan(10));
      await first.close();
      published.push(...publish(100));
      const third = await join(one);
      await eventually(() => expect(seen[0]?.length).toBeGreaterThan(110));
      await second.close();
      await Promise.all(published);
      await eventually(() => expect(seen).toEqual([upTo(200), upTo(200)]));
      expect(overlaps).toBe(0);
      await third.close();
    });

    it('hand over on closing: the running handler ends, then the next member continues', async () => {
      const { one, two } = buses();
      const { passed, open } = gate();
      const seen: string[] = [];
      const leaving = await one.consume(
        'auth',
        'directory',
        async (events) => {
          await passed;
          for (const event of events) seen.push(`one ${numberOf(event)}`);
        },
        { maxBatch: 1 },
      );
      const published = upTo(4).map((n) => one.publish('auth', 0, numbered(n)));
      await eventually(async () => expect(await one.depths()).toMatchObject({ 'auth.directory.0': 4 }));
      await two.consume('auth', 'directory', async (events) => {
        for (const event of events) seen.push(`two ${numberOf(event)}`);
      });
      let closed = false;
      const closing = leaving.close().then(() => {
        closed = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect({ closed, seen }).toEqual({ closed: false, seen: [] });
      open();
      await closing;
      await Promise.all(published);
      await eventually(() => expect(seen).toEqual(['one 0', 'two 1', 'two 2', 'two 3']));
    });

    it('finish their running handlers when the bus closes, and may publish until then', async () => {
      const { one, two } = buses();
      const { passed, open } = gate();
      const received: number[] = [];
      await two.listen('directory', (event) => {
        received.push(numberOf(event));
      });
      let begun = false;
      await two.consume('directory', 'messages', async () => undefined);
      await two.consume('directory', 'notifications', async () => undefined);
      await one.consume('auth', 'directory', async () => {
        begun = true;
        await passed;
        await one.reply('nobody', {});
        await one.publish('directory', 0, numbered(1)).catch(() => undefined);
      });
      const published = one.publish('auth', 0, numbered(0));
      await eventually(() => expect(begun).toBe(true));
      const closing = one.close();
      open();
      await closing;
      await published;
      if (one !== two) await eventually(() => expect(received).toEqual([1]));
      await expect(one.publish('auth', 0, numbered(2))).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('can be closed twice', async () => {
      const { one } = buses();
      const consumer = await one.consume('auth', 'directory', async () => undefined);
      await Promise.all([consumer.close(), consumer.close()]);
      await consumer.close();
    });
  });
}
