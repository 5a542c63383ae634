import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const idBytes = 16;
/** Asking the system for random bytes costs the same for one id as for many. */
const pool = new Uint8Array(idBytes * 256);
let taken = pool.length;
let lastMs = 0;
let sequence = 0;

/** A new id (UUIDv7): the ids of one process grow, those of several are ordered by time to the millisecond. */
export function newId(): string {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  const random = pool.subarray(taken, taken + idBytes);
  taken += idBytes;
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // Bytes that the id itself does not use; half of the 32 bits are left to count within this millisecond.
    sequence = ((random[0] ?? 0) << 23) | ((random[1] ?? 0) << 15) | ((random[2] ?? 0) << 7);
  } else sequence += 1;
  return v7({ random, msecs: lastMs, seq: sequence });
}

/** Milliseconds since the epoch. Passed in where it matters, so that tests own the time. */
export type Clock = () => number;
export const systemClock: Clock = () => Date.now();

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && uuidPattern.test(value);
