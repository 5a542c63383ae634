import { AppError } from '@parley/errors';
import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { gate, upTo } from '../test-events.ts';
import type { Buses } from './buses.ts';

export function callContract(buses: () => Buses): void {
  describe('calls', () => {
    it('each get their own answer, with many in flight', async () => {
      const { one, two } = buses();
      await two.serve('double', async (data) => ({ twice: (data as { n: number }).n * 2 }));
      const answers = await Promise.all(upTo(200).map((n) => one.call('double', { n })));
      expect(answers).toEqual(upTo(200).map((n) => ({ twice: n * 2 })));
    });

    it('can have an empty question and an empty answer', async () => {
      const { one, two } = buses();
      const asked: unknown[] = [];
      await two.serve('ping', (data) => {
        asked.push(data);
      });
      expect(await one.call('ping', undefined)).toBeUndefined();
      expect(asked).toEqual([undefined]);
    });

    it('reject with the error of the server', async () => {
      const { one, two } = buses();
      await two.serve('refuse', () => {
        throw new AppError('rate_limit', {
          detail: 'slowly',
          retryAfterMs: 700,
          fields: [{ field: 'n', message: 'too many', reason: 'too_high' }],
        });
      });
      const failure = await one.call('refuse', {}).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AppError);
      expect(failure).toMatchObject({
        code: 'rate_limit',
        message: 'slowly',
        retryAfterMs: 700,
        fields: [{ field: 'n', message: 'too many', reason: 'too_high' }],
      });
    });

    it('reject with `server_error`, without its text, when the server has a bug', async () => {
      const { one, two } = buses();
      await two.serve('break', () => {
        throw new TypeError('the secret is 42');
      });
      const failure = await one.call('break', {}).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'server_error' });
      expect(String(failure)).not.toContain('42');
    });

    it('reject with `timeout` when the answer takes too long', async () => {
      const { one, two } = buses();
      const { passed, open } = gate();
      await two.serve('dawdle', () => passed);
      await expect(one.call('dawdle', {}, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
      open();
    });

    it('reject with `unavailable` at once when no server exists or the last one has left', async () => {
      const { one, two } = buses();
      await expect(one.call('no-server', {}, { timeoutMs: 60_000 })).rejects.toMatchObject({
        code: 'unavailable',
      });
      const server = await two.serve('one-server', () => 1);
      expect(await one.call('one-server', {})).toBe(1);
      await server.close();
      await expect(one.call('one-server', {}, { timeoutMs: 60_000 })).rejects.toMatchObject({
        code: 'unavailable',
      });
    });

    it('are shared by all servers; a leaving server answers those it has taken', async () => {
      const { one, two } = buses();
      const { passed, open } = gate();
      const counts = { first: 0, second: 0 };
      const leaving = await one.serve('share', async () => {
        counts.first += 1;
        await passed;
        return 'first';
      });
      await two.serve('share', async () => {
        counts.second += 1;
        await passed;
        return 'second';
      });
      const calls = upTo(20).map(() => one.call('share', {}));
      await eventually(() => expect(counts).toEqual({ first: 10, second: 10 }));
      const closing = leaving.close();
      open();
      await closing;
      expect((await Promise.all(calls)).sort()).toEqual([
        ...Array(10).fill('first'),
        ...Array(10).fill('second'),
      ]);
      expect(await one.call('share', {})).toBe('second');
    });
  });
}
