import type { Faults } from '../load/ledger.ts';
import type { Phase, PhaseResult } from '../load/orders.ts';
import { cpuByPart } from './processes.ts';
import type { Meeting, Trial } from './trial.ts';
import { untilQuiet } from './until-quiet.ts';

export interface MeasuredPhase extends PhaseResult {
  /** CPU of all processes of the target per delivery in the measured time, in microseconds. */
  cpuMicrosPerDelivery: number;
  cpuMicrosPerDeliveryByPart: Record<string, number>;
  /** Messages stored in the phase; null if the target stores none. Must equal `sent`. */
  stored: number | null;
}

export type Pacing = Pick<Phase, 'pace' | 'warmUpMs' | 'measureMs'> & { messages?: number };

/** Runs a phase in these rooms. Reads the target's CPU time at both ends of the measured time. */
export async function measurePhase(
  { target, generator, sizes }: Trial,
  meetings: readonly Meeting[],
  pacing: Pacing,
): Promise<MeasuredPhase> {
  const { acks, numbered } = target;
  await untilQuiet(target, sizes.quietWithinMs);
  const parts = await target.parts();
  const storedBefore = await target.count?.(meetings);
  const readings: Record<string, number>[] = [];
  const phase = { ...pacing, rooms: meetings.map(({ load }) => load), acks, numbered };
  const result = await generator.order('run', phase, () => readings.push(cpuByPart(parts)));
  const storedAfter = await target.count?.(meetings);
  const stored = storedBefore === undefined || storedAfter === undefined ? null : storedAfter - storedBefore;
  const [before = {}, after = {}] = readings;
  const perDelivery = (part: string) =>
    ((after[part] ?? 0) - (before[part] ?? 0)) / Math.max(1, result.deliveries);
  const byPart = Object.fromEntries(Object.keys(parts).map((part) => [part, perDelivery(part)]));
  const cpuMicrosPerDelivery = Object.values(byPart).reduce((sum, micros) => sum + micros, 0);
  return { ...result, stored, cpuMicrosPerDelivery, cpuMicrosPerDeliveryByPart: byPart };
}

/**
 * Describes faults. Empty if every message was stored, and delivered to every member once and in
 * order.
 */
export function complaints({ faults, refused, refusal, stored, sent }: MeasuredPhase): string[] {
  const found = (Object.keys(faults) as (keyof Faults)[]).flatMap((fault) =>
    faults[fault] === 0 ? [] : `${fault} ${faults[fault]}`,
  );
  if (refused > 0) found.push(`refused ${refused} (${refusal})`);
  if (stored !== null && stored !== sent) found.push(`stored ${stored} of ${sent}`);
  return found;
}
