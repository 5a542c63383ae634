import type { Faults } from '../load/ledger.ts';
import type { Phase, PhaseResult } from '../load/orders.ts';
import { cpuByPart } from './processes.ts';
import type { Meeting, Trial } from './trial.ts';
import { untilQuiet } from './until-quiet.ts';

export interface MeasuredPhase extends PhaseResult {
  /** CPU of all processes of the target in the time that was measured, per delivery in it, in microseconds. */
  cpuMicrosPerDelivery: number;
  cpuMicrosPerDeliveryByPart: Record<string, number>;
  /** Messages stored in the phase, where the target stores any. Those acknowledged have to be among them: all that were sent. */
  stored: number | null;
}

export type Pacing = Pick<Phase, 'pace' | 'warmUpMs' | 'measureMs'> & { messages?: number };

/** Runs a phase in these rooms, reading the target's CPU time where what is measured begins and ends. */
export async function measurePhase(
  { target, generator }: Trial,
  meetings: readonly Meeting[],
  pacing: Pacing,
): Promise<MeasuredPhase> {
  const { acks, numbered, archive } = target;
  await untilQuiet(target);
  const parts = await target.parts();
  const storedBefore = await archive?.count(meetings);
  const readings: Record<string, number>[] = [];
  const phase = { ...pacing, rooms: meetings.map(({ load }) => load), acks, numbered };
  const result = await generator.order('run', phase, () => readings.push(cpuByPart(parts)));
  const stored =
    archive && storedBefore !== undefined ? (await archive.count(meetings)) - storedBefore : null;
  const [before = {}, after = {}] = readings;
  const perDelivery = (part: string) =>
    ((after[part] ?? 0) - (before[part] ?? 0)) / Math.max(1, result.deliveries);
  const byPart = Object.fromEntries(Object.keys(parts).map((part) => [part, perDelivery(part)]));
  const cpuMicrosPerDelivery = Object.values(byPart).reduce((sum, micros) => sum + micros, 0);
  return { ...result, stored, cpuMicrosPerDelivery, cpuMicrosPerDeliveryByPart: byPart };
}

/** What is wrong with it, in words; empty when every message was stored, and delivered to every member once, in order. */
export function complaints({ faults, refused, refusal, stored, sent }: MeasuredPhase): string[] {
  const found = (Object.keys(faults) as (keyof Faults)[]).flatMap((fault) =>
    faults[fault] === 0 ? [] : `${fault} ${faults[fault]}`,
  );
  if (refused > 0) found.push(`refused ${refused} (${refusal})`);
  if (stored !== null && stored !== sent) found.push(`stored ${stored} of ${sent}`);
  return found;
}
