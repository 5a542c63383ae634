import { Cache } from '@parley/runtime';

/**
 * The events recently handled by this process. A repeated event (published twice, or redelivered)
 * must not reach clients twice.
 */
export class SeenEvents {
  readonly #ids = new Cache<true>(20_000);

  has(eventId: string): boolean {
    return this.#ids.has(eventId);
  }

  /** True the first time, false from then on. */
  isNew(eventId: string): boolean {
    if (this.#ids.has(eventId)) return false;
    this.#ids.set(eventId, true);
    return true;
  }
}
