import { cpus, totalmem } from 'node:os';
import { Generator } from './load/generator.ts';
import { measureHistory } from './measure/history.ts';
import { measureIdle } from './measure/idle.ts';
import { measureLatency } from './measure/latency.ts';
import { measureResume } from './measure/resume.ts';
import { measureThroughput } from './measure/throughput.ts';
import type { Trial } from './measure/trial.ts';
import type { BenchOptions, TestName } from './options.ts';
import { complaintsOf, type Results, type Run, type TargetResult } from './report/results.ts';
import { startTarget } from './targets/start-target.ts';
import { type ServerUrls, type TargetName, titles } from './targets/target.ts';

const measurements: { [Name in TestName]: (trial: Trial) => Promise<TargetResult[Name]> } = {
  idle: measureIdle,
  throughput: measureThroughput,
  latency: measureLatency,
  resume: measureResume,
  history: measureHistory,
};

/** The tests that goals and ratios need from each target. Others would only take time. */
const asked: Record<TargetName, readonly TestName[]> = {
  hub: ['throughput', 'latency', 'idle'],
  hubs: ['throughput', 'latency'],
  floor: ['throughput', 'latency'],
  simple: ['throughput', 'latency', 'idle', 'resume', 'history'],
  parley: ['throughput', 'latency', 'idle', 'resume', 'history'],
  embedded: ['throughput', 'latency', 'resume'],
  'parley-1': ['throughput'],
  'parley-4': ['throughput'],
};

export interface BenchRun extends Pick<BenchOptions, 'sizes' | 'mode' | 'targets' | 'tests' | 'runs'> {
  /** Receives a sentence for each event. */
  say: (line: string) => void;
  /** Ends the run before the next measurement. */
  signal: AbortSignal;
  /** Servers of the targets. @default private ones for each */
  servers?: ServerUrls;
}

/**
 * Runs the requested tests on one target after the other, each alone on the machine, and then all
 * of it again: targets are compared within a run, so a machine that changes its speed in between
 * affects them alike.
 */
export async function runBench({
  targets,
  tests,
  runs,
  sizes,
  mode,
  say,
  signal,
  servers,
}: BenchRun): Promise<Results> {
  const begin = performance.now();
  const results: Results = {
    at: new Date().toISOString(),
    mode,
    machine: machine(),
    seconds: 0,
    runs: [],
  };
  for (let nth = 1; nth <= runs; nth++) {
    say(`run ${nth} of ${runs}`);
    const run: Run = {};
    for (const name of targets) {
      run[name] = await runTarget(
        name,
        asked[name].filter((test) => tests.includes(test)),
      );
    }
    results.runs.push(run);
  }
  return { ...results, seconds: Math.round((performance.now() - begin) / 1_000) };

  async function runTarget(name: TargetName, wanted: readonly TestName[]): Promise<TargetResult> {
    if (wanted.length === 0) return {};
    say(`${titles[name]}: starting`);
    const target = await startTarget(name, servers);
    const generator = Generator.start();
    try {
      const result: TargetResult = {};
      for (const test of wanted) {
        signal.throwIfAborted();
        const testBegin = performance.now();
        Object.assign(result, { [test]: await measurements[test]({ target, generator, sizes }) });
        say(`${titles[name]}: ${test} took ${Math.round((performance.now() - testBegin) / 1_000)} s`);
      }
      for (const complaint of complaintsOf(result)) say(`${titles[name]}: ${complaint}`);
      return result;
    } finally {
      await generator.stop();
      await target.stop();
    }
  }
}

const machine = (): Results['machine'] => ({
  processors: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  memoryBytes: totalmem(),
  node: process.version,
});
