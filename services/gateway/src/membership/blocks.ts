import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { Cache, type Gatherer } from '@parley/runtime';
import { userQuestions } from './user-questions.ts';

/** Of a user with more blocks, nobody learns anything. */
const maxBlocks = 1_000;
const ttlMs = 60_000;

/**
 * The users between whom there is a block, in either direction. Neither learns when the other is
 * online, comes to a room, or types.
 */
export class Blocks {
  readonly #bus: Bus;
  readonly #questions: Gatherer<string, { userIds: string[] }>;
  readonly #known = new Cache<Promise<string[] | null>>(50_000, ttlMs);

  constructor(bus: Bus) {
    this.#bus = bus;
    const limit = maxBlocks + 1;
    this.#questions = userQuestions(
      (userIds) => ask(bus, calls.getBlocksOfUsers, { userIds, limit }),
      (userId) => ask(bus, calls.getBlockedUsers, { userId, limit }),
    );
  }

  /**
   * The users who learn nothing of this one; null: nobody does. May be outdated until the event of
   * a block arrives.
   * @throws AppError `timeout`, `unavailable`
   */
  of(userId: string): Promise<readonly string[] | null> {
    return this.#known.get(userId) ?? this.refresh(userId);
  }

  /** As `of`, but asks the directory. */
  refresh(userId: string): Promise<readonly string[] | null> {
    const asking = this.#ask(userId);
    this.#known.set(userId, asking);
    asking.catch(() => {
      if (this.#known.peek(userId) === asking) this.#known.delete(userId);
    });
    return asking;
  }

  /**
   * Those of these users between whom and the user there is no block; asks the directory.
   * @throws AppError `timeout`, `unavailable`
   */
  async without(userId: string, others: readonly string[]): Promise<string[]> {
    const pairs = others.map((other): [string, string] => [userId, other]);
    const blocked = new Set(
      (await ask(this.#bus, calls.getBlocks, { pairs })).pairs.map(([, other]) => other),
    );
    return others.filter((other) => !blocked.has(other));
  }

  /** A block between the two has begun or ended. */
  changed(a: string, b: string): void {
    this.#known.delete(a);
    this.#known.delete(b);
  }

  /** Forgets everything, after events may have been missed. */
  clear(): void {
    this.#known.clear();
  }

  async #ask(userId: string): Promise<string[] | null> {
    const { userIds } = await this.#questions.get(userId);
    return userIds.length > maxBlocks ? null : userIds;
  }
}
