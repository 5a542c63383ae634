import type { HistoryOfRoom } from '../measure/history.ts';
import type { Idle } from '../measure/idle.ts';
import type { Latencies } from '../measure/latency.ts';
import { complaints, type MeasuredPhase } from '../measure/measured-phase.ts';
import type { Resume } from '../measure/resume.ts';
import type { Throughput } from '../measure/throughput.ts';
import type { TargetName } from '../targets/target.ts';

/** The measurements of one target. Absent: not available, or not requested. */
export interface TargetResult {
  idle?: Idle;
  throughput?: Throughput;
  latency?: Latencies;
  resume?: Resume | undefined;
  history?: HistoryOfRoom[] | undefined;
}

/** The results of one run, by target. */
export type Run = Partial<Record<TargetName, TargetResult>>;

export interface Results {
  /** ISO 8601 */
  at: string;
  mode: 'quick' | 'full';
  machine: { processors: number; model: string; memoryBytes: number; node: string };
  seconds: number;
  runs: Run[];
}

/** The median of a figure over the runs that have it. Undefined if none does. */
export function medianOf(
  { runs }: Pick<Results, 'runs'>,
  figure: (of: (name: TargetName) => TargetResult) => number | undefined,
): number | undefined {
  const figures = runs
    .flatMap((run) => figure((name) => run[name] ?? {}) ?? [])
    .sort((one, other) => one - other);
  const [lower, upper] = [Math.ceil(figures.length / 2) - 1, Math.floor(figures.length / 2)];
  const [low, high] = [figures[lower], figures[upper]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** Every phase of a target, by title. */
export function phasesOf({ idle, throughput, latency, resume }: TargetResult): [string, MeasuredPhase][] {
  const named: [string, MeasuredPhase | undefined][] = [
    ['2,000 connections', idle?.active],
    ['rooms of 10', throughput?.roomsOf10],
    ['room of 100', throughput?.roomOf100],
    ['300/s', latency?.[300]],
    ['1,000/s', latency?.[1_000]],
    ['1,000 missed', resume?.written],
  ];
  return named.flatMap(([name, phase]) => (phase ? [[name, phase]] : []));
}

/**
 * Describes lost, repeated, misordered or unstored messages, with their phase. Empty if there are
 * none.
 */
export const complaintsOf = (result: TargetResult): string[] =>
  phasesOf(result).flatMap(([name, phase]) => complaints(phase).map((complaint) => `${name}: ${complaint}`));
