import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

describe('the histogram of latencies', () => {
  it('reports every quantile to within 2 %, from microseconds to minutes', () => {
    for (const scaleMs of [0.01, 1, 37, 900, 60_000]) {
      const histogram = new Histogram();
      for (let n = 1; n <= 1_000; n++) histogram.record((n / 1_000) * scaleMs);
      const { count, p50, p95, p99, max } = histogram.summary();
      expect([count, max]).toEqual([1_000, scaleMs]);
      const off = [p50 / 0.5, p95 / 0.95, p99 / 0.99].map((ratio) => Math.abs(ratio / scaleMs - 1));
      expect(Math.max(...off)).toBeLessThan(scaleMs < 0.1 ? 0.15 : 0.02);
    }
  });

  it('reports zeros when it is empty', () => {
    expect(new Histogram().summary()).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  });
});
