import { AppError } from '@parley/errors';
import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { numbered, numbersOf, upTo } from '../test-events.ts';
import type { Buses } from './buses.ts';

export function failureContract(buses: () => Buses): void {
  describe('a failing handler', () => {
    for (const [kind, failure] of [
      ['a retryable error', new AppError('unavailable')],
      ['an outage of a dependency', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ] as const) {
      it(`gets the same events again after ${kind} until it succeeds, before any later event`, async () => {
        const { one } = buses();
        const seen: number[] = [];
        let failures = 3;
        await one.consume('auth', 'directory', async (events) => {
          if (failures-- > 0) throw failure;
          seen.push(...numbersOf(events));
        });
        await Promise.all(upTo(20).map((n) => one.publish('auth', 0, numbered(n))));
        await eventually(() => expect(seen).toEqual(upTo(20)));
        expect(await one.deadLetters('directory').count()).toBe(0);
      });
    }

    it('loses only the bad event, after `maxAttempts`; the others continue in order', async () => {
      const { one } = buses();
      const seen: number[] = [];
      let alone = 0;
      const handler = async (events: Parameters<typeof numbersOf>[0]) => {
        const numbers = numbersOf(events);
        if (numbers.includes(3)) {
          if (numbers.length === 1) alone += 1;
          throw new TypeError('cannot digest 3');
        }
        seen.push(...numbers);
      };
      await one.consume('auth', 'directory', handler, { maxAttempts: 3 });
      await Promise.all(upTo(10).map((n) => one.publish('auth', 1, numbered(n))));
      await eventually(() => expect(seen).toEqual(upTo(10).filter((n) => n !== 3)));
      expect(alone).toBe(3);
      const letters = one.deadLetters('directory');
      await eventually(async () => expect(await letters.count()).toBe(1));
      const [letter] = await letters.peek(10);
      expect(letter).toMatchObject({
        topic: 'auth',
        partition: 1,
        event: { data: { n: 3 } },
        reason: 'TypeError: cannot digest 3',
      });
      expect(Date.parse(letter?.time ?? '')).toBeGreaterThan(0);
      await eventually(async () => expect(await letters.count()).toBe(1));
    });

    it('does not block its partition with a wrapped bug (`server_error`)', async () => {
      const { one } = buses();
      await one.consume('auth', 'directory', async () => Promise.reject<void>(new AppError('server_error')), {
        maxAttempts: 2,
      });
      await one.publish('auth', 0, numbered(0));
      await eventually(async () => expect(await one.deadLetters('directory').count()).toBe(1));
    });

    it('gets its dead letters again after `requeue`, and no other group does', async () => {
      const { one } = buses();
      let mended = false;
      const seen: Record<string, number[]> = { messages: [], notifications: [] };
      await one.consume('directory', 'messages', async (events) => {
        seen.messages?.push(...numbersOf(events));
      });
      await one.consume(
        'directory',
        'notifications',
        async (events) => {
          if (!mended) throw new Error('not yet');
          seen.notifications?.push(...numbersOf(events));
        },
        { maxAttempts: 1 },
      );
      await Promise.all(upTo(3).map((n) => one.publish('directory', 1, numbered(n))));
      const letters = one.deadLetters('notifications');
      await eventually(async () => expect(await letters.count()).toBe(3));
      expect((await letters.peek(2)).map((letter) => numbersOf([letter.event])[0])).toEqual([0, 1]);
      mended = true;
      await eventually(async () => expect(await letters.count()).toBe(3));
      expect(await letters.requeue(2)).toBe(2);
      await eventually(() => expect(seen.notifications).toEqual([0, 1]));
      // The letters that were read and left return a moment later.
      await eventually(async () => expect(await letters.count()).toBe(1));
      expect(await letters.requeue(10)).toBe(1);
      await eventually(() => expect(seen.notifications).toEqual([0, 1, 2]));
      expect(seen.messages).toEqual([0, 1, 2]);
      expect(await letters.count()).toBe(0);
    });

    it('gets each dead letter once per `requeue`, and the number of dead letters is reported', async () => {
      const { one } = buses();
      const tried: number[] = [];
      const fail = async (events: Parameters<typeof numbersOf>[0]) => {
        tried.push(...numbersOf(events));
        throw new Error('never');
      };
      await one.consume('auth', 'directory', fail, { maxAttempts: 1 });
      expect(await one.deadLetterCounts()).toEqual({ directory: 0 });
      await one.publish('auth', 0, numbered(7));
      await eventually(async () => expect(await one.deadLetterCounts()).toEqual({ directory: 1 }));
      expect(await one.deadLetters('directory').requeue(1_000)).toBe(1);
      await eventually(async () => {
        expect(tried).toEqual([7, 7]);
        expect(await one.deadLetterCounts()).toEqual({ directory: 1 });
      });
    });
  });
}
