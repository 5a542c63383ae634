import { randomBytes } from 'node:crypto';

/**
 * A short unique name: the prefix of the test's exchanges, queues, Redis keys and channels. Valid
 * as NAMESPACE.
 */
export const testNamespace = (): string => `t${randomBytes(6).toString('hex')}`;

export interface SeededRandom {
  /** 0 ≤ x < 1 */
  next(): number;
  /** A whole number, including `min` and `max`. */
  integer(min: number, max: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/**
 * The same numbers for the same seed on every machine (mulberry32). Include the seed in the test's
 * failure, so that it can be repeated.
 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return { next, integer, pick: (items) => items[integer(0, items.length - 1)] ?? items[0] };
}
