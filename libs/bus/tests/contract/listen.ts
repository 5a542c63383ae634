import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { numbered, numberOf, upTo } from '../test-events.ts';
import type { Buses } from './buses.ts';

export function listenContract(buses: () => Buses): void {
  describe('listen', () => {
    it('gives each listener a copy of every event, in order, one at a time, until it closes', async () => {
      const { one, two } = buses();
      await one.consume('auth', 'directory', async () => undefined);
      const received: number[][] = [[], []];
      let running = 0;
      let maxRunning = 0;
      const first = await one.listen('auth', (event) => {
        received[0]?.push(numberOf(event));
      });
      await two.listen('auth', async (event) => {
        running += 1;
        maxRunning = Math.max(maxRunning, running);
        await new Promise((resolve) => setImmediate(resolve));
        received[1]?.push(numberOf(event));
        running -= 1;
      });
      await Promise.all(upTo(50).map((n) => one.publish('auth', 0, numbered(n))));
      await eventually(() => expect(received).toEqual([upTo(50), upTo(50)]));
      expect(maxRunning).toBe(1);
      await first.close();
      await one.publish('auth', 1, numbered(50));
      await eventually(() => expect(received[1]).toEqual(upTo(51)));
      expect(received[0]).toEqual(upTo(50));
    });

    it('continues after a listener has thrown', async () => {
      const { one } = buses();
      await one.consume('auth', 'directory', async () => undefined);
      const received: number[] = [];
      await one.listen('auth', (event) => {
        received.push(numberOf(event));
        throw new Error('a bug');
      });
      await one.publish('auth', 0, numbered(0));
      await one.publish('auth', 0, numbered(1));
      await eventually(() => expect(received).toEqual([0, 1]));
    });
  });
}
