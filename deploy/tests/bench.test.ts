import { createTestDatabase, testServices } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import type { Sizes, TestName } from '../bench/options.ts';
import { complaintsOf, phasesOf, type TargetResult } from '../bench/report/results.ts';
import { runBench } from '../bench/run-bench.ts';
import type { TargetName } from '../bench/targets/target.ts';

// The benchmark at a size too small for measurements. This test is about its checks for
// correctness.

const smoke: Sizes = {
  warmUpMs: 0,
  firstWarmUpMs: 0,
  measureMs: 300,
  idleConnections: [10, 20],
  settleMs: 0,
  historyMessages: [100, 200],
  historyPages: 2,
  resumes: 2,
  quietWithinMs: 0,
};

async function measure(target: TargetName, tests: readonly TestName[]): Promise<TargetResult> {
  const database = await createTestDatabase();
  const { redisUrl, amqpUrl } = testServices();
  try {
    const { runs } = await runBench({
      sizes: smoke,
      mode: 'quick',
      targets: [target],
      tests,
      runs: 1,
      say: () => undefined,
      signal: new AbortController().signal,
      servers: { DATABASE_URL: database.url, REDIS_URL: redisUrl, AMQP_URL: amqpUrl },
    });
    return runs[0]?.[target] ?? {};
  } finally {
    await database.drop();
  }
}

describe('under the load of the benchmark', () => {
  it('Parley on two gateways stores every message and delivers it once, in order, without gaps', async () => {
    const result = await measure('parley', ['throughput', 'latency', 'resume']);
    expect(complaintsOf(result)).toEqual([]);
    expect(
      phasesOf(result).map(([name, { sent, acknowledged }]) => [name, sent > 0, acknowledged === sent]),
    ).toEqual(
      ['rooms of 10', 'room of 100', '300/s', '1,000/s', '1,000 missed'].map((name) => [name, true, true]),
    );
  });

  it('the simple server also stores and delivers everything, so the comparison is fair', async () => {
    const result = await measure('simple', ['throughput', 'history']);
    expect(complaintsOf(result)).toEqual([]);
    expect(phasesOf(result).map(([name, { sent }]) => [name, sent > 0])).toEqual(
      ['rooms of 10', 'room of 100'].map((name) => [name, true]),
    );
    expect(result.history?.map(({ messages, older }) => [messages, older.count])).toEqual([
      [100, 2],
      [200, 2],
    ]);
  });

  it('so does the floor, and it acknowledges and numbers every message', async () => {
    const result = await measure('floor', ['throughput']);
    expect(complaintsOf(result)).toEqual([]);
    expect(
      phasesOf(result).map(([name, { sent, stored, acknowledged }]) => [
        name,
        sent > 0,
        stored === sent,
        acknowledged === sent,
      ]),
    ).toEqual(['rooms of 10', 'room of 100'].map((name) => [name, true, true, true]));
  });
});
