import { LRUCache } from 'lru-cache';

/**
 * Events that this process has acted on lately. What comes once more (from a publisher that was not sure, or because a delivery was not acknowledged) must not be
 * told to clients twice.
 */
export class SeenEvents {
  readonly #ids = new LRUCache<string, true>({ max: 20_000 });

  /** True the first time; from then on it counts as seen. */
  isNew(eventId: string): boolean {
    if (this.#ids.has(eventId)) return false;
    this.#ids.set(eventId, true);
    return true;
  }
}
