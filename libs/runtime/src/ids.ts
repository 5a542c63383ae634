import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const idBytes = 16;
/** One request for random bytes costs the same for one id as for many. */
const pool = new Uint8Array(idBytes * 256);
let used = pool.length;
let lastMs = 0;
let sequence = 0;

/**
 * A new UUIDv7. Ids increase within a process; across processes they are ordered by millisecond.
 */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + idBytes);
  used += idBytes;
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // Seeds the counter with bytes that the id itself does not use. The top bit stays clear, which
    // leaves room to count within this millisecond.
    sequence = ((random[0] ?? 0) << 23) | ((random[1] ?? 0) << 15) | ((random[2] ?? 0) << 7);
  } else sequence += 1;
  return v7({ random, msecs: lastMs, seq: sequence });
}

/** Milliseconds since the epoch. Passed in, so that tests control the time. */
export type Clock = () => number;
export const systemClock: Clock = () => Date.now();
