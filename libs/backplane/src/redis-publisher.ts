import { type Logger, newId } from '@parley/runtime';
import { MessageType } from 'socket.io-adapter';
import type { BackplaneMessage, BackplanePublisher } from './backplane.ts';
import { CircuitBreakers } from './circuit-breakers.ts';
import { MissedHeads } from './missed-heads.ts';
import type { RedisCommands } from './redis/connect-redis.ts';

/** The first element of our packets. Gateways of earlier releases expect this word. */
export const marker = 'fleet';

/**
 * Publishes over Redis, in the channels and packets of Socket.IO's sharded adapter.
 *
 * When a Redis server rejects a message, its circuit breaker trips. After recovery, the heads of
 * the rooms whose changes could not be sent are published.
 */
export class RedisPublisher implements BackplanePublisher {
  readonly #redis: RedisCommands;
  /** The adapter's channel that every gateway subscribes to. */
  readonly #channel: string;
  readonly #uid: string;
  readonly #lost: () => void;
  readonly #logger: Logger;
  readonly #missed = new MissedHeads();
  readonly #breakers: CircuitBreakers;

  /**
   * @param deps.uid the sender's own adapter ignores its messages. @default no adapter
   * @param deps.lost called for each message that could not be published
   */
  constructor(deps: {
    redis: RedisCommands;
    namespace: string;
    uid?: string;
    lost: () => void;
    logger: Logger;
  }) {
    this.#redis = deps.redis;
    this.#channel = `${deps.namespace}#/#`;
    this.#uid = deps.uid ?? newId();
    this.#lost = deps.lost;
    this.#logger = deps.logger;
    this.#breakers = new CircuitBreakers(deps.redis, () => this.#publishMissed());
  }

  async publish(keys: readonly string[], message: BackplaneMessage): Promise<boolean> {
    const channel = this.#channelOf(keys);
    if (!this.#breakers.allows(channel)) return this.#miss(keys, message);
    try {
      await this.#redis.commands.spublish(channel, this.#encode(keys, message));
      return true;
    } catch (error) {
      if (this.#breakers.trip(channel))
        this.#logger.warn({ err: error }, 'backplane unavailable; clients receive changes late');
      return this.#miss(keys, message);
    }
  }

  async close(): Promise<void> {
    this.#breakers.end();
    this.#redis.close();
  }

  /** As the adapter chooses it: one room has a channel of its own. */
  #channelOf(keys: readonly string[]): string {
    return keys.length === 1 ? `${this.#channel}${keys[0]}#` : this.#channel;
  }

  #encode(keys: readonly string[], message: BackplaneMessage): string {
    const packet = { type: 2, nsp: '/', data: [marker, message] };
    const data = { opts: { rooms: keys, except: [], flags: {} }, packet };
    return JSON.stringify({ type: MessageType.BROADCAST, data, uid: this.#uid, nsp: '/' });
  }

  #miss(keys: readonly string[], message: BackplaneMessage): false {
    this.#lost();
    for (const key of keys) this.#missed.note(key, message);
    return false;
  }

  #publishMissed(): void {
    this.#logger.info('backplane available again; publishing the heads of missed rooms');
    for (const { key, head } of this.#missed.take()) void this.publish([key], { head });
  }
}
