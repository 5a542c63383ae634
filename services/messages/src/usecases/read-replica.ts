import type { Database, Queryable } from '@parley/database';
import { answerWithin, type Logger } from '@parley/runtime';
import type { ReplicaMetrics } from './replica-metrics.ts';

/**
 * The state of the data that a read needs: numbers that only grow, by key (for example, by room).
 */
export type Position = ReadonlyMap<string, readonly number[]>;

export interface Reading<T> {
  /** Reads few rows by their keys; runs on the primary before each read from the replica. */
  position: (db: Queryable) => Promise<Position>;
  /** Reads many rows. */
  read: (snapshot: Queryable) => Promise<T>;
  /** The same read on the primary. */
  otherwise: () => Promise<T>;
}

/** A replica that takes longer (a frozen one, for example) is not used for `restMs`. */
const answerWithinMs = 2_000;
const restMs = 1_000;
export const snapshotOptions = { isolationLevel: 'repeatable read', readOnly: true } as const;

/**
 * Moves reads from the primary to a replica. The replica answers only if the snapshot that is read
 * is at least as recent as the primary was when asked, so no client sees an older state than it may
 * have seen already. If the replica fails in any way, the primary answers.
 */
export class ReadReplica {
  readonly #primary: Database;
  readonly #replica: Database | undefined;
  readonly #metrics: ReplicaMetrics;
  readonly #logger: Logger;
  #restUntil = 0;

  /** @param deps.replica absent: the primary answers everything, without position checks */
  constructor(deps: {
    primary: Database;
    replica: Database | undefined;
    metrics: ReplicaMetrics;
    logger: Logger;
  }) {
    this.#primary = deps.primary;
    this.#replica = deps.replica;
    this.#metrics = deps.metrics;
    this.#logger = deps.logger;
  }

  async read<T>({ position, read, otherwise }: Reading<T>): Promise<T> {
    const replica = this.#replica;
    if (!replica) return otherwise();
    if (performance.now() < this.#restUntil) {
      this.#metrics.read('away');
      return otherwise();
    }
    const asked = await position(this.#primary);
    const found = await this.#try(async () => {
      const inSnapshot = async (snapshot: Queryable) =>
        reaches(await position(snapshot), asked) ? { value: await read(snapshot) } : undefined;
      return answerWithin(answerWithinMs, replica.transaction(inSnapshot, snapshotOptions));
    });
    return found ? found.value : otherwise();
  }

  async #try<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      const found = await work();
      this.#metrics.read(found ? 'replica' : 'behind');
      return found;
    } catch (error) {
      this.#restUntil = performance.now() + restMs;
      this.#metrics.read('away');
      this.#logger.warn({ err: error }, 'replica read failed; the primary answers');
      return undefined;
    }
  }
}

/** Whether `position` has the same keys as `other` and no lower number. */
export function reaches(position: Position, other: Position): boolean {
  if (position.size !== other.size) return false;
  return [...other].every(([key, numbers]) => {
    const reached = position.get(key);
    return reached !== undefined && numbers.every((number, index) => (reached[index] ?? 0) >= number);
  });
}
