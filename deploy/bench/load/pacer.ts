import { setTimeout as delay } from 'node:timers/promises';

export interface Paced {
  /** Asked before each round. */
  goOn: () => boolean;
  /** @param nth from 0 @param dueAt on `performance.now()` */
  send: (nth: number, dueAt: number) => void;
}

/** Sends at a steady rate. When we were late, what is overdue goes at once, with the time at which it was due: none is left out. */
export async function keepPace(perSecond: number, { goOn, send }: Paced): Promise<void> {
  const begin = performance.now();
  const dueAt = (nth: number) => begin + (nth * 1_000) / perSecond;
  for (let nth = 0; goOn(); ) {
    for (const now = performance.now(); dueAt(nth) <= now && goOn(); nth++) send(nth, dueAt(nth));
    await delay(1);
  }
}
