import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import type { Buses } from '../bus-contract.ts';
import { numbered, numberOf, upTo } from '../test-events.ts';

export function listenContract(buses: () => Buses): void {
  describe('listen', () => {
    it('gives every listener a copy of everything, in order, one event at a time, until it is closed', async () => {
      const { one, two } = buses();
      await one.consume('auth', 'directory', async () => undefined);
      const heard: number[][] = [[], []];
      let running = 0;
      let most = 0;
      const first = await one.listen('auth', (event) => {
        heard[0]?.push(numberOf(event));
      });
      await two.listen('auth', async (event) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        heard[1]?.push(numberOf(event));
        running -= 1;
      });
      await Promise.all(upTo(50).map((n) => one.publish('auth', 0, numbered(n))));
      await eventually(() => expect(heard).toEqual([upTo(50), upTo(50)]));
      expect(most).toBe(1);
      await first.close();
      await one.publish('auth', 1, numbered(50));
      await eventually(() => expect(heard[1]).toEqual(upTo(51)));
      expect(heard[0]).toEqual(upTo(50));
    });

    it('goes on after a listener has thrown', async () => {
      const { one } = buses();
      await one.consume('auth', 'directory', async () => undefined);
      const heard: number[] = [];
      await one.listen('auth', (event) => {
        heard.push(numberOf(event));
        throw new Error('a bug');
      });
      await one.publish('auth', 0, numbered(0));
      await one.publish('auth', 0, numbered(1));
      await eventually(() => expect(heard).toEqual([0, 1]));
    });
  });
}
