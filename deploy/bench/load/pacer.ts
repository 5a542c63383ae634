import { pause } from '@parley/runtime/async';

export interface Paced {
  /** Checked before each round. */
  goOn: () => boolean;
  /** @param nth from 0 @param dueAt in terms of `performance.now()` */
  send: (nth: number, dueAt: number) => void;
}

/**
 * Sends at a steady rate. After a delay it sends everything overdue at once, with the original due
 * times, and skips nothing.
 */
export async function keepPace(perSecond: number, { goOn, send }: Paced): Promise<void> {
  const begin = performance.now();
  const dueAt = (nth: number) => begin + (nth * 1_000) / perSecond;
  for (let nth = 0; goOn(); ) {
    for (const now = performance.now(); dueAt(nth) <= now && goOn(); nth++) send(nth, dueAt(nth));
    await pause(1);
  }
}
