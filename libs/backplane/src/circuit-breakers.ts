import { pause } from '@parley/runtime/async';
import type { RedisCommands } from './redis/connect-redis.ts';

const probeEveryMs = 250;

/**
 * One circuit breaker per Redis server. After a failure, the breaker rejects messages for that
 * server without trying until the server answers a probe.
 */
export class CircuitBreakers {
  readonly #redis: Pick<RedisCommands, 'commands' | 'serverOf'>;
  readonly #tripped = new Set<string>();
  readonly #onRecovered: () => void;
  #ended = false;

  /** @param onRecovered called when a server answers again after a failure */
  constructor(redis: Pick<RedisCommands, 'commands' | 'serverOf'>, onRecovered: () => void) {
    this.#redis = redis;
    this.#onRecovered = onRecovered;
  }

  allows(channel: string): boolean {
    return !this.#tripped.has(this.#redis.serverOf(channel));
  }

  /** Records a failure on that channel. Answers whether the breaker was closed until now. */
  trip(channel: string): boolean {
    const server = this.#redis.serverOf(channel);
    if (this.#tripped.has(server)) return false;
    this.#tripped.add(server);
    void this.#probe(server, channel);
    return true;
  }

  /** Stops probing. */
  end(): void {
    this.#ended = true;
  }

  /** Probes by channel, because the channel may move to another node of the cluster. */
  async #probe(server: string, channel: string): Promise<void> {
    let answers = false;
    while (!answers && !this.#ended) {
      await pause(probeEveryMs, { ref: false });
      answers = await this.#redis.commands.exists(channel).then(
        () => true,
        () => false,
      );
    }
    this.#tripped.delete(server);
    if (!this.#ended) this.#onRecovered();
  }
}
