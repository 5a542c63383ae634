import { pause } from '@parley/runtime/async';
import { collectGarbage } from '../targets/garbage.ts';
import { type MeasuredPhase, measurePhase } from './measured-phase.ts';
import { memoryOf } from './processes.ts';
import { connectPeople, joinRooms, type Trial } from './trial.ts';

export interface Idle {
  acceptedPerSecond: number;
  /**
   * Bytes per authenticated connection that has joined a room of 100, in the processes that hold
   * connections.
   */
  idleBytes: number;
  /** The same, after all connections have received messages for a while. */
  activeBytes: number;
  active: MeasuredPhase;
}

const roomSize = 100;
const activePerSecond = 50;
/** Memory has settled once a reading shrinks by less than this share. */
const settledShare = 0.02;
const maxReadings = 8;

/**
 * Each connection belongs to another person. Excludes the first few connections, whose cost is
 * mostly one-time.
 */
export async function measureIdle(trial: Trial): Promise<Idle> {
  const { target, generator, sizes } = trial;
  const [few, many] = sizes.idleConnections;
  const everybody = await target.people(many);
  const settled = () => settledMemory(trial);
  const begin = everybody.slice(0, few);
  await connectPeople(trial, begin);
  const first = await joinRooms(trial, begin, roomSize);
  const withFew = await settled();
  const others = everybody.slice(few);
  const { perSecond } = await connectPeople(trial, others);
  const meetings = [...first, ...(await joinRooms(trial, others, roomSize, few))];
  const withMany = await settled();
  const pace = { kind: 'open', perSecond: activePerSecond } as const;
  const active = await measurePhase(trial, meetings, {
    pace,
    warmUpMs: sizes.warmUpMs,
    measureMs: sizes.measureMs,
  });
  const busy = await settled();
  await generator.order('close', {});
  const idleBytes = (withMany - withFew) / (many - few);
  return {
    acceptedPerSecond: perSecond,
    idleBytes,
    activeBytes: idleBytes + (busy - withMany) / many,
    active,
  };
}

/** Collects garbage and reads memory, until the reading no longer shrinks. */
async function settledMemory({ target, sizes }: Trial): Promise<number> {
  const pids = (await target.parts())[target.holder] ?? [];
  let last = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < maxReadings; reading++) {
    collectGarbage(pids);
    await pause(sizes.settleMs);
    const now = memoryOf(pids);
    if (now > last * (1 - settledShare)) return now;
    last = now;
  }
  return last;
}
