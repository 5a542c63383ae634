import { describe, expect, it } from 'vitest';
import type { Sizes } from '../bench/options.ts';
import { complaintsOf, phasesOf } from '../bench/report/results.ts';
import { runBench } from '../bench/run-bench.ts';

// The benchmark at a size too small for measurements. This test is about its checks for
// correctness.

const smoke: Sizes = {
  warmUpMs: 0,
  measureMs: 300,
  idleConnections: [10, 20],
  settleMs: 0,
  historyMessages: [100, 200],
  historyPages: 2,
};
const run = {
  sizes: smoke,
  mode: 'quick',
  say: () => undefined,
  signal: new AbortController().signal,
} as const;

describe('under the load of the benchmark', () => {
  it('Parley on two gateways stores every message and delivers it once, in order, without gaps', async () => {
    const { targets } = await runBench({
      ...run,
      targets: ['parley'],
      tests: ['throughput', 'latency', 'resume'],
    });
    const result = targets.parley ?? {};
    expect(complaintsOf(result)).toEqual([]);
    expect(
      phasesOf(result).map(([name, { sent, acknowledged }]) => [name, sent > 0, acknowledged === sent]),
    ).toEqual(
      ['rooms of 10', 'room of 100', '300/s', '1,000/s', '1,000 missed'].map((name) => [name, true, true]),
    );
  });

  it('the simple server also stores and delivers everything, so the comparison is fair', async () => {
    const { targets } = await runBench({ ...run, targets: ['simple'], tests: ['throughput', 'history'] });
    const result = targets.simple ?? {};
    expect(complaintsOf(result)).toEqual([]);
    expect(phasesOf(result).map(([name, { sent }]) => [name, sent > 0])).toEqual(
      ['rooms of 10', 'room of 100'].map((name) => [name, true]),
    );
    expect(result.history?.map(({ messages, older }) => [messages, older.count])).toEqual([
      [100, 2],
      [200, 2],
    ]);
  });
});
