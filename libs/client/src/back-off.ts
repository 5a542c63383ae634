import { backoff } from '@parley/runtime/async';

const limits = { firstMs: 500, maxMs: 30_000 };

/**
 * The pause before the next attempt in milliseconds: random between 0 and a limit that doubles with
 * every failure ("full jitter"), so that clients of a lost server do not return at the same moment.
 * @param failures number of failed attempts before this one, from 0
 */
export function backOffMs(failures: number, random: () => number): number {
  return Math.floor(random() * backoff(failures, limits));
}
