import { AppError } from '@parley/errors';
import type { Maximum } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';

interface Work {
  count: number;
  /** Set once the connection is about to close. */
  done?: () => void;
}

/** Limits each connection's events in flight, and waits for the last of them before a close. */
export class InFlight {
  readonly #max: Maximum;
  readonly #work = new WeakMap<Connection, Work>();

  constructor(max: Maximum) {
    this.#max = max;
  }

  /**
   * @throws AppError `rate_limit` when too many are in flight; `unavailable` when the connection is
   * about to close
   */
  begin(connection: Connection): void {
    const work = this.#of(connection);
    if (work.done)
      throw new AppError('unavailable', {
        detail: 'This connection is about to be closed. Try again on the next.',
      });
    if (work.count >= this.#max.max) throw new AppError('rate_limit', { ...this.#max, retryAfterMs: 1_000 });
    work.count += 1;
  }

  /** The event has been answered. */
  end(connection: Connection): void {
    const work = this.#of(connection);
    work.count -= 1;
    if (work.count === 0) work.done?.();
  }

  /** Refuses further events. Resolves when all events in flight have been answered. */
  async finish(connection: Connection): Promise<void> {
    const work = this.#of(connection);
    await new Promise<void>((resolve) => {
      work.done = resolve;
      if (work.count === 0) resolve();
    });
  }

  #of(connection: Connection): Work {
    const known = this.#work.get(connection);
    if (known) return known;
    const work: Work = { count: 0 };
    this.#work.set(connection, work);
    return work;
  }
}
