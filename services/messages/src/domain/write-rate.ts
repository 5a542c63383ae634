import type { Rate } from '@parley/runtime';

/**
 * Tracked (user, room) pairs; beyond it the least recently used pair starts with a full allowance.
 */
const maxPairs = 100_000;

/**
 * Limits what a user writes to a room within a sliding window: messages, edits and reactions
 * together. Memory is enough, because the room's only writer uses it and sees all of the room's
 * traffic.
 */
export class WriteRate {
  /** Times of the last accepted writes, oldest first. */
  readonly #written = new Map<string, number[]>();

  /** Milliseconds until the next write is allowed; 0 if it is now. */
  waitMs(roomId: string, userId: string, { limit, windowMs }: Rate, now: number): number {
    const times = this.#written.get(roomId + userId) ?? [];
    const oldest = times[times.length - limit];
    return oldest === undefined ? 0 : Math.max(oldest + windowMs - now, 0);
  }

  /** Counts a write. */
  count(roomId: string, userId: string, { windowMs }: Rate, now: number): void {
    const key = roomId + userId;
    const times = (this.#written.get(key) ?? []).filter((time) => time > now - windowMs);
    this.#remember(key, [...times, now]);
  }

  /** Counts a write and returns 0, or returns `waitMs`. */
  take(roomId: string, userId: string, rate: Rate, now: number): number {
    const waitMs = this.waitMs(roomId, userId, rate, now);
    if (waitMs === 0) this.count(roomId, userId, rate, now);
    return waitMs;
  }

  /** Does not count the last write, which stored nothing new. */
  giveBack(roomId: string, userId: string): void {
    this.#written.get(roomId + userId)?.pop();
  }

  #remember(key: string, times: number[]): void {
    this.#written.delete(key);
    this.#written.set(key, times);
    if (this.#written.size <= maxPairs) return;
    const eldest = this.#written.keys().next().value;
    if (eldest !== undefined) this.#written.delete(eldest);
  }
}
