import { setTimeout as delay } from 'node:timers/promises';
import type { RedisClients } from './redis/connect-redis.ts';

const probeEveryMs = 250;

/** The roads to the servers of Redis. One that has failed is closed, and its messages are not even tried, until its server answers a probe. */
export class CircuitBreakers {
  readonly #redis: Pick<RedisClients, 'commands' | 'serverOf'>;
  readonly #closed = new Set<string>();
  readonly #onOpen: () => void;
  #ended = false;

  /** @param onOpen called when a road that was closed is open again */
  constructor(redis: Pick<RedisClients, 'commands' | 'serverOf'>, onOpen: () => void) {
    this.#redis = redis;
    this.#onOpen = onOpen;
  }

  allows(channel: string): boolean {
    return !this.#closed.has(this.#redis.serverOf(channel));
  }

  /** A message for that channel has failed. Answers whether that is news. */
  trip(channel: string): boolean {
    const server = this.#redis.serverOf(channel);
    if (this.#closed.has(server)) return false;
    this.#closed.add(server);
    void this.#openAgain(server, channel);
    return true;
  }

  /** No more probes. */
  end(): void {
    this.#ended = true;
  }

  /** Asks about the channel, wherever in the cluster that is by then. */
  async #openAgain(server: string, channel: string): Promise<void> {
    let answers = false;
    while (!answers && !this.#ended) {
      await delay(probeEveryMs, undefined, { ref: false });
      answers = await this.#redis.commands.exists(channel).then(
        () => true,
        () => false,
      );
    }
    this.#closed.delete(server);
    if (!this.#ended) this.#onOpen();
  }
}
