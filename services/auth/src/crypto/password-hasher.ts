import { randomBytes } from 'node:crypto';
import bcrypt from 'bcrypt';
import type { Attempt } from '../domain/attempt.ts';
import { FairQueue, type Origin } from './fair-queue.ts';

/**
 * bcrypt runs on libuv's pool of four threads (by default), which also serves files and DNS. We use
 * half of it. At cost 12 two threads hash about eight passwords a second.
 */
const queueOptions = { width: 2, queue: 200, maxWaitMs: 10_000 };
/** bcrypt ignores further bytes, so a longer password never matches. */
const maxBytes = 72;

/** Work that takes turns, so that none of it starves another. */
export interface HashOrigin extends Origin {
  lane: 'login' | 'registration' | 'account';
}

/**
 * Hashes and checks passwords off the event loop. `FairQueue` states who waits for whom.
 * @throws AppError `unavailable` if too much is queued
 */
export class PasswordHasher {
  readonly #cost: number;
  readonly #dummy: string;
  readonly #queue = new FairQueue(queueOptions);

  private constructor(cost: number, dummy: string) {
    this.#cost = cost;
    this.#dummy = dummy;
  }

  static async create(options: { cost: number }): Promise<PasswordHasher> {
    return new PasswordHasher(
      options.cost,
      await bcrypt.hash(randomBytes(32).toString('base64url'), options.cost),
    );
  }

  hash(password: string, origin: HashOrigin): Promise<string> {
    return this.#queue.run(origin, () => bcrypt.hash(password.normalize('NFC'), this.#cost));
  }

  /**
   * Takes the same time without a hash: the password is then compared with the hash of a random
   * one. Earlier releases hashed passwords as they were typed, so that form matches, too: at most
   * two comparisons, in one turn.
   *
   * Counts the attempt within its turn, and not at all if the password matches. A user has one turn
   * at a time, so that many correct logins at once stay within the limit.
   * @returns whether it matches, and whether the hash should be replaced because it has another
   * cost or form
   */
  check(
    password: string,
    hash: string | undefined,
    origin: HashOrigin,
    attempt: Attempt,
  ): Promise<{ matches: boolean; outdated: boolean }> {
    return this.#queue.run(origin, async () => {
      await attempt.consume();
      const result = await this.#compare(password, hash);
      if (result.matches) await attempt.refund();
      return result;
    });
  }

  async #compare(password: string, hash = this.#dummy): Promise<{ matches: boolean; outdated: boolean }> {
    const composed = password.normalize('NFC');
    for (const form of new Set([composed, password])) {
      const equal = await bcrypt.compare(form, hash);
      if (equal && hash !== this.#dummy && Buffer.byteLength(form) <= maxBytes)
        return { matches: true, outdated: form !== composed || bcrypt.getRounds(hash) !== this.#cost };
    }
    return { matches: false, outdated: false };
  }
}
