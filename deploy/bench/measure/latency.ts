import { type MeasuredPhase, measurePhase } from './measured-phase.ts';
import { connectPeople, joinRooms, type Trial } from './trial.ts';

const rates = [300, 1_000] as const;

/**
 * For each rate: 100 people in 10 rooms send at that total rate, whether or not the server keeps
 * up.
 */
export type Latencies = Record<(typeof rates)[number], MeasuredPhase>;

export async function measureLatency(trial: Trial): Promise<Latencies> {
  const { target, generator, sizes } = trial;
  const everybody = await target.people(100);
  await connectPeople(trial, everybody);
  const meetings = await joinRooms(trial, everybody, 10);
  const at = (perSecond: number) =>
    measurePhase(trial, meetings, {
      pace: { kind: 'open', perSecond },
      warmUpMs: sizes.warmUpMs,
      measureMs: sizes.measureMs,
    });
  const latencies = { 300: await at(300), 1000: await at(1_000) };
  await generator.order('close', {});
  return latencies;
}
