import type { Database, Queryable } from '@parley/database';
import { answerWithin } from '@parley/http';
import type { Logger } from '@parley/runtime';
import type { ReplicaMetrics } from './replica-metrics.ts';

/** How far what somebody wants to read has come: numbers that only grow, by what they belong to. */
export type Position = ReadonlyMap<string, readonly number[]>;

export interface Reading<T> {
  /** Few rows, by their keys: also where there is a replica, the primary is asked for these. */
  position: (db: Queryable) => Promise<Position>;
  /** Many rows. */
  read: (snapshot: Queryable) => Promise<T>;
  /** The same from the primary. */
  otherwise: () => Promise<T>;
}

/** A replica that takes longer, as a frozen one does, is left alone for a while. */
const answerWithinMs = 2_000;
const restMs = 1_000;
export const snapshotOptions = { isolationLevel: 'repeatable read', readOnly: true } as const;

/**
 * Takes reading off the primary. The rule: the replica answers only if, in the very snapshot that is read, it has come at least as far as the primary had when
 * it was asked; so nobody is told less than they may have been told already, and whatever is wrong with the replica, the primary answers.
 */
export class ReadReplica {
  readonly #primary: Database;
  readonly #replica: Database | undefined;
  readonly #metrics: ReplicaMetrics;
  readonly #logger: Logger;
  #restUntil = 0;

  /** @param deps.replica absent: the primary answers everything, and is asked for no position */
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
      this.#logger.warn({ err: error }, 'the replica cannot be read; the primary answers');
      return undefined;
    }
  }
}

/** The same things, none of them less far. */
export function reaches(position: Position, other: Position): boolean {
  if (position.size !== other.size) return false;
  return [...other].every(([key, numbers]) => {
    const reached = position.get(key);
    return reached !== undefined && numbers.every((number, index) => (reached[index] ?? 0) >= number);
  });
}
