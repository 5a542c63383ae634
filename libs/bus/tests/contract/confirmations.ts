import { AppError } from '@parley/errors';
import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { collectWarnings, gate, numbered, numbersOf, upTo } from '../test-events.ts';
import type { Buses } from './buses.ts';

export function confirmationContract(buses: () => Buses): void {
  describe('a handler that returns a confirmation', () => {
    it('gets the next batch before the confirmation succeeds, and no batch is done before that', async () => {
      const { one } = buses();
      const seen: number[] = [];
      const { passed, open } = gate();
      await one.consume('auth', 'directory', async (events) => {
        seen.push(...numbersOf(events));
        return () => passed;
      });
      const depth = async () => (await one.depths())['auth.directory.0'];
      for (const n of upTo(5)) {
        void one.publish('auth', 0, numbered(n));
        await eventually(() => expect(seen).toContain(n));
      }
      expect(await depth()).toBe(5);
      open();
      await eventually(async () => expect(await depth()).toBe(0));
      expect(seen).toEqual(upTo(5));
    });

    it('has its confirmation retried until it succeeds; later batches wait for earlier ones', async () => {
      const { one } = buses();
      const seen: number[] = [];
      let tries = 0;
      let lost = true;
      await one.consume('auth', 'directory', async (events) => {
        seen.push(...numbersOf(events));
        if (!numbersOf(events).includes(0)) return async () => undefined;
        return async () => {
          tries += 1;
          if (lost) throw new AppError('unavailable');
        };
      });
      const depth = async () => (await one.depths())['auth.directory.0'];
      for (const n of upTo(2)) {
        void one.publish('auth', 0, numbered(n));
        await eventually(() => expect(seen).toContain(n));
      }
      await eventually(() => expect(tries).toBeGreaterThan(1));
      expect(await depth()).toBe(2);
      lost = false;
      await eventually(async () => expect(await depth()).toBe(0));
      // Handled once: only the confirmation was repeated.
      expect(seen).toEqual(upTo(2));
    });

    it('may have many batches whose confirmation is retried at the same time', async () => {
      const { one } = buses();
      const warnings = collectWarnings();
      const seen: number[] = [];
      let lost = true;
      await one.consume('auth', 'directory', async (events) => {
        seen.push(...numbersOf(events));
        return async () => {
          if (lost) throw new AppError('unavailable');
        };
      });
      // Node.js warns of the eleventh listener of one signal.
      for (const n of upTo(12)) {
        void one.publish('auth', 0, numbered(n));
        await eventually(() => expect(seen).toContain(n));
      }
      lost = false;
      await eventually(async () => expect((await one.depths())['auth.directory.0']).toBe(0));
      expect(seen).toEqual(upTo(12));
      expect(warnings.names).toEqual([]);
      warnings.stop();
    });

    it('leaves its batch to the next member when it closes before the confirmation succeeds', async () => {
      const { one, two } = buses();
      const seen: number[] = [];
      const never = new Promise<void>(() => undefined);
      const first = await one.consume('auth', 'directory', async (events) => {
        seen.push(...numbersOf(events));
        return () => never;
      });
      void one.publish('auth', 0, numbered(0));
      await eventually(() => expect(seen).toEqual([0]));
      await first.close();
      await two.consume('auth', 'directory', async (events) => {
        seen.push(...numbersOf(events));
      });
      await eventually(() => expect(seen).toEqual([0, 0]));
    });
  });
}
