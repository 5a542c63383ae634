const firstMs = 1_000;
const maxMs = 3_600_000;
/** A webhook without a success for this long is paused. It keeps its cursors. */
export const pauseAfterMs = 3 * 86_400_000;

/**
 * The pause before the next attempt: it doubles up to an hour. Jitter takes up to a half of it, so
 * that receivers that failed together are not all asked again together.
 * @param failures failed attempts since the last success, from 1
 * @param random from 0 to 1
 * @param askedMs what the receiver asked for (`Retry-After`)
 */
export function retryDelayMs(failures: number, random: number, askedMs = 0): number {
  const delayMs = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), maxMs);
  return Math.min(Math.max(delayMs * (1 - random / 2), askedMs), maxMs);
}

/** `Retry-After` in milliseconds: seconds, or a date. 0 if absent or unreadable. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : undefined;
  const at = seconds === undefined ? Date.parse(header) : now + seconds * 1_000;
  return Number.isNaN(at) ? 0 : Math.max(at - now, 0);
}
