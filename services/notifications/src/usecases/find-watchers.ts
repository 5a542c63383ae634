import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Logger } from '@parley/runtime';

export interface Watch {
  roomId: string;
  userId: string;
}

const watchesPerCall = 1_000;
/** Short, because a needless notification is better than a delayed inbox. */
const timeoutMs = 500;

/** Finds users who are viewing a room and therefore need no notification of its messages. */
export class FindWatchers {
  readonly #bus: Bus;
  readonly #logger: Logger;

  constructor(deps: { bus: Bus; logger: Logger }) {
    this.#bus = deps.bus;
    this.#logger = deps.logger;
  }

  /** Never rejects: if no gateway answers, nobody counts as watching. */
  async run(watches: readonly Watch[]): Promise<(watch: Watch) => boolean> {
    const found = new Set<string>();
    try {
      for (let first = 0; first < watches.length; first += watchesPerCall) {
        const { watching } = await ask(
          this.#bus,
          calls.getWatchers,
          { watches: watches.slice(first, first + watchesPerCall) },
          { timeoutMs },
        );
        for (const watch of watching) found.add(keyOf(watch));
      }
    } catch (error) {
      this.#logger.debug(
        { err: error },
        'no gateway answered which users are watching; notifying all of them',
      );
    }
    return (watch) => found.has(keyOf(watch));
  }
}

const keyOf = ({ roomId, userId }: Watch): string => `${roomId} ${userId}`;
