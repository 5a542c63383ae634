import type { Rate } from '@parley/runtime';

/**
 * Tracked (user, room) pairs; beyond it the least recently used pair starts with a full allowance.
 */
const maxPairs = 100_000;

/**
 * Limits a user's messages to a room within a sliding window. Memory is enough, because the room's
 * only writer uses it and sees all of the room's traffic.
 */
export class SendRate {
  /** Times of the last accepted sends, oldest first. */
  readonly #sent = new Map<string, number[]>();

  /** Accepts a send and returns 0, or returns the milliseconds until the next one is allowed. */
  take(roomId: string, userId: string, { limit, windowMs }: Rate, now: number): number {
    const key = roomId + userId;
    const times = (this.#sent.get(key) ?? []).filter((time) => time > now - windowMs);
    const oldest = times[times.length - limit];
    if (oldest !== undefined) return oldest + windowMs - now;
    times.push(now);
    this.#remember(key, times);
    return 0;
  }

  /** Does not count the last send, which stored nothing new. */
  giveBack(roomId: string, userId: string): void {
    this.#sent.get(roomId + userId)?.pop();
  }

  #remember(key: string, times: number[]): void {
    this.#sent.delete(key);
    this.#sent.set(key, times);
    if (this.#sent.size <= maxPairs) return;
    const eldest = this.#sent.keys().next().value;
    if (eldest !== undefined) this.#sent.delete(eldest);
  }
}
