import { pause } from '@parley/runtime/async';
import type { Target } from '../targets/target.ts';
import { cpuByPart } from './processes.ts';

const checkMs = 500;
/** As a share of one processor. A broker and a database are never completely idle. */
const quietShare = 0.15;

/**
 * Waits until a target has finished earlier work (registrations, people going offline), so that it
 * does not count for the next measurement.
 */
export async function untilQuiet(target: Target, withinMs: number): Promise<void> {
  if (withinMs === 0) return;
  const parts = await target.parts();
  const used = () => Object.values(cpuByPart(parts)).reduce((sum, micros) => sum + micros, 0);
  for (const begin = performance.now(); performance.now() - begin < withinMs; ) {
    const [before, since] = [used(), performance.now()];
    await pause(checkMs);
    if ((used() - before) / 1_000 < (performance.now() - since) * quietShare) return;
  }
}
