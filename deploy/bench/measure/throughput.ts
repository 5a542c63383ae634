import { type MeasuredPhase, measurePhase } from './measured-phase.ts';
import { connectPeople, joinRooms, type Trial } from './trial.ts';

export interface Throughput {
  /** 100 people in 10 rooms; each sends as soon as their last message is back. */
  roomsOf10: MeasuredPhase;
  /** The same people in one room. */
  roomOf100: MeasuredPhase;
}

const people = 100;

export async function measureThroughput(trial: Trial): Promise<Throughput> {
  const { target, generator, sizes } = trial;
  const everybody = await target.people(people);
  await connectPeople(trial, everybody);
  const { firstWarmUpMs, warmUpMs, measureMs } = sizes;
  const pacing = { pace: { kind: 'closed' }, warmUpMs, measureMs } as const;
  const first = { ...pacing, warmUpMs: firstWarmUpMs };
  const roomsOf10 = await measurePhase(trial, await joinRooms(trial, everybody, 10), first);
  const roomOf100 = await measurePhase(trial, await joinRooms(trial, everybody, people), pacing);
  await generator.order('close', {});
  return { roomsOf10, roomOf100 };
}
