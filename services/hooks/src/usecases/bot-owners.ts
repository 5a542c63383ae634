import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Clock } from '@parley/runtime';

/** A transfer to another owner takes effect after this time. */
const knownForMs = 60_000;
const maxKnown = 10_000;

/** Knows the owners of bots for a while. */
export class BotOwners {
  readonly #deps: { bus: Bus; clock: Clock; timeoutMs: number };
  readonly #known = new Map<string, { ownerId: string | null; until: number }>();

  constructor(deps: { bus: Bus; clock: Clock; timeoutMs: number }) {
    this.#deps = deps;
  }

  /**
   * The id of a user or an organization; null if the bot is gone.
   * @throws AppError `unavailable`
   */
  async find(botId: string): Promise<string | null> {
    const { bus, clock, timeoutMs } = this.#deps;
    const known = this.#known.get(botId);
    if (known && known.until > clock()) return known.ownerId;
    const bot = await ask(bus, calls.getIdentity, { userId: botId }, { timeoutMs });
    const ownerId = bot?.owner?.id ?? null;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(botId, { ownerId, until: clock() + knownForMs });
    return ownerId;
  }
}
