import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('returns the result of the first attempt that does not throw', async () => {
    let calls = 0;
    const value = await eventually(async () => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
      return calls;
    });
    expect(value).toBe(3);
  });

  it('throws the last error with the elapsed time when the time is over', async () => {
    let calls = 0;
    const failing = eventually(
      () => {
        calls += 1;
        throw new Error(`attempt ${calls}`);
      },
      { timeoutMs: 100, intervalMs: 10 },
    );
    await expect(failing).rejects.toThrow(/^attempt \d+ \(still so after \d+ ms\)$/);
    expect(calls).toBeGreaterThan(2);
  });

  it('gives up on an attempt that never ends', async () => {
    const hanging = eventually(() => new Promise(() => undefined), { timeoutMs: 50 });
    await expect(hanging).rejects.toThrow('the attempt did not end');
  });
});
