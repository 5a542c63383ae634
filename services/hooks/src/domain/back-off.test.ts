import { describe, expect, it } from 'vitest';
import { retryAfterMs, retryDelayMs } from './back-off.ts';

describe('pauses between attempts', () => {
  it('double from one second to one hour', () => {
    const delays = Array.from({ length: 14 }, (_, index) => retryDelayMs(index + 1, 0) / 1_000);
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600]);
    expect(retryDelayMs(100_000, 0)).toBe(3_600_000);
  });

  it('are spread by up to a half', () => {
    expect(retryDelayMs(3, 1)).toBe(2_000);
    expect(retryDelayMs(3, 0.5)).toBe(3_000);
  });

  it('respect what the receiver asks for, up to an hour', () => {
    expect(retryDelayMs(1, 0, 30_000)).toBe(30_000);
    expect(retryDelayMs(1, 0, 7_200_000)).toBe(3_600_000);
    expect(retryAfterMs('120', 0)).toBe(120_000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 1_000)).toBe(4_000);
    expect(['soon', '-5', '', undefined].map((text) => retryAfterMs(text, Date.now()))).toEqual([0, 0, 0, 0]);
  });
});
