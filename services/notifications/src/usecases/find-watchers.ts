import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Logger } from '@parley/runtime';

export interface Watch {
  roomId: string;
  userId: string;
}

const atOnce = 1_000;
/** Better one notification too many than an inbox that waits. */
const timeoutMs = 500;

/** Who has the room before their eyes, and so needs no notification of what is said there. */
export class FindWatchers {
  readonly #bus: Bus;
  readonly #logger: Logger;

  constructor(deps: { bus: Bus; logger: Logger }) {
    this.#bus = deps.bus;
    this.#logger = deps.logger;
  }

  /** Never rejects: where no gateway can be asked, nobody watches. */
  async run(watches: readonly Watch[]): Promise<(watch: Watch) => boolean> {
    const found = new Set<string>();
    try {
      for (let first = 0; first < watches.length; first += atOnce) {
        const { watching } = await ask(
          this.#bus,
          calls.getWatchers,
          { watches: watches.slice(first, first + atOnce) },
          { timeoutMs },
        );
        for (const watch of watching) found.add(keyOf(watch));
      }
    } catch (error) {
      this.#logger.debug({ err: error }, 'no gateway says who is watching');
    }
    return (watch) => found.has(keyOf(watch));
  }
}

const keyOf = ({ roomId, userId }: Watch): string => `${roomId} ${userId}`;
