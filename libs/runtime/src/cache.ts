import { LRUCache } from 'lru-cache';

/**
 * Keeps the `max` entries that were used last, for at most `ttlMs` (default: for ever). It takes
 * memory as it fills: with its option `max`, the library would reserve all of it at the start of
 * the process, which costs a gateway 0.1 s and 30 MB.
 */
export class Cache<Value extends NonNullable<unknown>> extends LRUCache<string, Value> {
  constructor(max: number, ttlMs = 0) {
    super({ maxSize: max, sizeCalculation: () => 1, ttl: ttlMs });
  }
}
