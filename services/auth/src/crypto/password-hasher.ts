import { randomBytes } from 'node:crypto';
import bcrypt from 'bcrypt';
import { Semaphore } from './semaphore.ts';

/**
 * bcrypt runs on libuv's pool of four threads (by default), which also serves files and DNS. We use
 * half of it.
 */
const threads = 2;
/**
 * Two threads hash about eight passwords a second at cost 12, so the last in the queue waits about
 * 25 s.
 */
const maxQueueLength = 200;
/** bcrypt ignores further bytes, so a longer password never matches. */
const maxBytes = 72;

/**
 * Hashes and checks passwords off the event loop, with bounded concurrency.
 * @throws AppError `unavailable` if the queue is full
 */
export class PasswordHasher {
  readonly #cost: number;
  readonly #dummy: string;
  readonly #semaphore = new Semaphore({ width: threads, queue: maxQueueLength });

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

  hash(password: string): Promise<string> {
    return this.#semaphore.run(() => bcrypt.hash(password.normalize('NFC'), this.#cost));
  }

  /**
   * Takes the same time without a hash: the password is then compared with the hash of a random
   * one. Earlier releases hashed passwords as they were typed, so that form matches, too.
   */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    for (const form of new Set([password.normalize('NFC'), password])) {
      const equal = await this.#semaphore.run(() => bcrypt.compare(form, hash ?? this.#dummy));
      if (equal && hash !== undefined && Buffer.byteLength(form) <= maxBytes) return true;
    }
    return false;
  }

  /** Whether the hash was made at a different cost than the configured one. */
  isOutdated(hash: string): boolean {
    return bcrypt.getRounds(hash) !== this.#cost;
  }
}
