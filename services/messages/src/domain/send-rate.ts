import type { Rate } from '@parley/runtime';

/** Most (user, room) pairs remembered; beyond it the least recently used are forgotten, in their favour. */
const maxPairs = 100_000;

/**
 * At most so many messages of a user in a room within a sliding window. In memory: whoever asks is the room's one writer,
 * so it sees all of the room's traffic.
 */
export class SendRate {
  /** Times of the last sends that were let through, oldest first. */
  readonly #sent = new Map<string, number[]>();

  /** Lets one through and answers 0, or answers after how many milliseconds the next may come. */
  take(roomId: string, userId: string, { limit, windowMs }: Rate, now: number): number {
    const key = roomId + userId;
    const times = (this.#sent.get(key) ?? []).filter((time) => time > now - windowMs);
    const oldest = times[times.length - limit];
    if (oldest !== undefined) return oldest + windowMs - now;
    times.push(now);
    this.#remember(key, times);
    return 0;
  }

  /** Gives the last one back: it stored nothing new. */
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
