import type { HistoryOfRoom } from '../measure/history.ts';
import type { Idle } from '../measure/idle.ts';
import type { Latencies } from '../measure/latency.ts';
import { complaints, type MeasuredPhase } from '../measure/measured-phase.ts';
import type { Resume } from '../measure/resume.ts';
import type { Throughput } from '../measure/throughput.ts';
import type { TargetName } from '../targets/target.ts';

/** What was measured of one target. What a target does not have, or was not asked for, is absent. */
export interface TargetResult {
  idle?: Idle;
  throughput?: Throughput;
  latency?: Latencies;
  resume?: Resume | undefined;
  history?: HistoryOfRoom[] | undefined;
}

export interface Results {
  /** ISO 8601 */
  at: string;
  mode: 'quick' | 'full';
  machine: { processors: number; model: string; memoryBytes: number; node: string };
  seconds: number;
  targets: Partial<Record<TargetName, TargetResult>>;
}

/** Every phase of a target, by what it is called. */
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

/** Which messages were lost, repeated, out of order or not stored, and where: empty is as it has to be. */
export const complaintsOf = (result: TargetResult): string[] =>
  phasesOf(result).flatMap(([name, phase]) => complaints(phase).map((complaint) => `${name}: ${complaint}`));
