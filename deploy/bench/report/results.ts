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

export interface Results {
  /** ISO 8601 */
  at: string;
  mode: 'quick' | 'full';
  machine: { processors: number; model: string; memoryBytes: number; node: string };
  seconds: number;
  targets: Partial<Record<TargetName, TargetResult>>;
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
