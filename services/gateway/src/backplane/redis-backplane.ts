import type { Logger } from '@parley/runtime';
import { atMost } from '@parley/runtime/async';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { Server } from 'socket.io';
import { type ClusterMessage, MessageType } from 'socket.io-adapter';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Backplane, BackplaneHandler, BackplaneMessage } from './backplane.ts';
import { CircuitBreakers } from './circuit-breakers.ts';
import { MissedHeads } from './missed-heads.ts';
import type { RedisClients } from './redis/connect-redis.ts';

/** The part of Socket.IO's sharded adapter that we rely on. */
interface ShardedAdapter {
  readonly uid: string;
  /** The channel that every gateway subscribes to. */
  readonly channel: string;
  dynamicChannel(room: string): string;
  addAll(id: string, rooms: Set<string>): void;
  del(id: string, room: string): void;
  publishAndReturnOffset(message: { type: MessageType.BROADCAST; data: BroadcastData }): Promise<unknown>;
  onMessage(message: ClusterMessage): void;
  close(): Promise<void>;
}
type BroadcastData = Extract<ClusterMessage, { type: MessageType.BROADCAST }>['data'];

/**
 * Represents all connections of this gateway in the adapter's rooms. No socket has this id, so the
 * adapter never delivers to one of its own.
 */
const ourselves = 'gateway';
/** The first element of our packets. Gateways of earlier releases expect this word. */
const marker = 'fleet';
const maxWaitMs = 1_000;

/**
 * The backplane over Redis, built on Socket.IO's sharded adapter. Each key has a channel
 * (`subscriptionMode: 'dynamic'`), subscribed while a connection here is subscribed to the key.
 *
 * When a Redis server rejects a message, its circuit breaker trips. After recovery, this gateway
 * publishes the heads of the rooms whose changes could not be sent.
 */
export class RedisBackplane implements Backplane {
  readonly #redis: RedisClients;
  readonly #adapter: ShardedAdapter;
  readonly #metrics: Pick<GatewayMetrics, 'lostByBackplane'>;
  readonly #logger: Logger;
  readonly #missed = new MissedHeads();
  readonly #onRecovered: (() => void)[] = [];
  readonly #breakers: CircuitBreakers;
  #handler: BackplaneHandler = () => undefined;

  constructor(deps: {
    io: Server;
    redis: RedisClients;
    namespace: string;
    metrics: Pick<GatewayMetrics, 'lostByBackplane'>;
    logger: Logger;
  }) {
    this.#redis = deps.redis;
    this.#metrics = deps.metrics;
    this.#logger = deps.logger;
    const { commands, subscriber } = deps.redis;
    deps.io.adapter(
      createShardedAdapter(commands, subscriber, {
        subscriptionMode: 'dynamic',
        channelPrefix: deps.namespace,
      }),
    );
    this.#adapter = deps.io.of('/').adapter as unknown as ShardedAdapter;
    this.#receiveFrom(this.#adapter);
    this.#breakers = new CircuitBreakers(deps.redis, () => this.#publishMissed());
    subscriber.onSubscribedAgain(() => {
      for (const callback of this.#onRecovered) callback();
    });
  }

  onMessage(handler: BackplaneHandler): void {
    this.#handler = handler;
  }

  async publish(keys: readonly [string, ...string[]], message: BackplaneMessage): Promise<void> {
    this.#handler(keys, message);
    const channel = this.#channelOf(keys);
    if (!this.#breakers.allows(channel)) return this.#miss(keys, message);
    try {
      await this.#send(keys, message);
    } catch (error) {
      this.#miss(keys, message);
      if (this.#breakers.trip(channel))
        this.#logger.warn(
          { err: error },
          'backplane unavailable; clients of other gateways receive changes late',
        );
    }
  }

  async subscribe(key: string): Promise<void> {
    this.#adapter.addAll(ourselves, new Set([key]));
    await atMost(maxWaitMs, this.#redis.subscriber.subscribed());
  }

  unsubscribe(key: string): void {
    this.#adapter.del(ourselves, key);
  }

  onRecovered(callback: () => void): void {
    this.#onRecovered.push(callback);
  }

  async close(): Promise<void> {
    this.#breakers.end();
    this.#redis.close();
  }

  /** Follows the adapter: messages for several rooms use the channel of all gateways. */
  #channelOf(keys: readonly [string, ...string[]]): string {
    return keys.length === 1 ? this.#adapter.dynamicChannel(keys[0]) : this.#adapter.channel;
  }

  async #send(keys: readonly string[], message: BackplaneMessage): Promise<void> {
    const packet = { type: 2, nsp: '/', data: [marker, message] };
    await this.#adapter.publishAndReturnOffset({
      type: MessageType.BROADCAST,
      data: { opts: { rooms: [...keys], except: [], flags: {} }, packet },
    });
  }

  /** Intercepts our packets before the adapter looks for its own sockets. */
  #receiveFrom(adapter: ShardedAdapter): void {
    const others = adapter.onMessage.bind(adapter);
    adapter.onMessage = (message) => {
      const ours = message.type === MessageType.BROADCAST ? readPacket(message.data.packet) : undefined;
      if (!ours || message.type !== MessageType.BROADCAST) return others(message);
      // Redis also delivers our own messages to us.
      if (message.uid === adapter.uid) return;
      try {
        this.#handler(message.data.opts.rooms, ours);
      } catch (error) {
        this.#logger.error({ err: error }, 'failed to handle a message of another gateway; dropped');
      }
    };
  }

  #miss(keys: readonly string[], message: BackplaneMessage): void {
    this.#metrics.lostByBackplane();
    for (const key of keys) this.#missed.note(key, message);
  }

  #publishMissed(): void {
    this.#logger.info('backplane available again; publishing the heads of missed rooms');
    for (const { key, head } of this.#missed.take()) void this.publish([key], { head });
  }
}

function readPacket(packet: unknown): BackplaneMessage | undefined {
  const data = typeof packet === 'object' && packet !== null && 'data' in packet ? packet.data : undefined;
  return Array.isArray(data) && data[0] === marker ? (data[1] as BackplaneMessage) : undefined;
}
