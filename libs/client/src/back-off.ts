const firstMs = 500;
/** No pause is longer. */
export const maxPauseMs = 30_000;

/**
 * How long to wait before the next try, in milliseconds: anything from 0 up to a limit that doubles with every failure ("full jitter"), so that
 * many clients that lost the same server do not come back at the same moment.
 * @param failures how many tries have failed before this one, from 0
 */
export function backOffMs(failures: number, random: () => number): number {
  return Math.floor(random() * Math.min(maxPauseMs, firstMs * 2 ** Math.min(failures, 30)));
}
