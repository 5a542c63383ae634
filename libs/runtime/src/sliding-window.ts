import type { Rate } from './config.ts';

/** Tracked keys; beyond it the least recently used one starts with a full allowance. */
const maxKeys = 100_000;

/** Counts uses by key, in memory, and limits them within a window that slides. */
export class SlidingWindow {
  /** Times of the last uses, oldest first. */
  readonly #used = new Map<string, number[]>();

  /** Milliseconds until the next use is allowed; 0 if it is now. */
  waitMs(key: string, { limit, windowMs }: Rate, now: number): number {
    const times = this.#used.get(key) ?? [];
    const oldest = times[times.length - limit];
    return oldest === undefined ? 0 : Math.max(oldest + windowMs - now, 0);
  }

  /** Counts a use. */
  count(key: string, { windowMs }: Rate, now: number): void {
    const times = (this.#used.get(key) ?? []).filter((time) => time > now - windowMs);
    this.#remember(key, [...times, now]);
  }

  /** Counts a use and returns 0, or returns `waitMs`. */
  take(key: string, rate: Rate, now: number): number {
    const waitMs = this.waitMs(key, rate, now);
    if (waitMs === 0) this.count(key, rate, now);
    return waitMs;
  }

  /** Does not count the last use, which had no effect. */
  giveBack(key: string): void {
    this.#used.get(key)?.pop();
  }

  #remember(key: string, times: number[]): void {
    this.#used.delete(key);
    this.#used.set(key, times);
    if (this.#used.size <= maxKeys) return;
    const eldest = this.#used.keys().next().value;
    if (eldest !== undefined) this.#used.delete(eldest);
  }
}
