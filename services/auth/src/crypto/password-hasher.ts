import { randomBytes } from 'node:crypto';
import bcrypt from 'bcrypt';
import { Semaphore } from './semaphore.ts';

/** bcrypt runs on libuv's pool of (by default) four threads, which files and name look-ups need as well: half of it is ours. */
const threads = 2;
/** At cost 12, eight a second: who is last of these has waited for about as long as anybody does. */
const maxQueueLength = 200;
/** bcrypt ignores what follows: such a password is nobody's. */
const maxBytes = 72;

/** Hashes and checks passwords, off the event loop and a bounded number at once. @throws AppError `unavailable` when too many wait */
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
    return this.#semaphore.run(() => bcrypt.hash(password, this.#cost));
  }

  /** Takes the same time whether there is a hash or not: without one, it compares with that of a password that nobody knows. */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    const equal = await this.#semaphore.run(() => bcrypt.compare(password, hash ?? this.#dummy));
    return equal && hash !== undefined && Buffer.byteLength(password) <= maxBytes;
  }

  /** Whether a hash was made at another cost than is configured now. */
  isOutdated(hash: string): boolean {
    return bcrypt.getRounds(hash) !== this.#cost;
  }
}
