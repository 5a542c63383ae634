import { atMost, type Logger } from '@parley/runtime';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { Server } from 'socket.io';
import { type ClusterMessage, MessageType } from 'socket.io-adapter';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Backplane, BackplaneHandler, BackplaneMessage } from './backplane.ts';
import { CircuitBreakers } from './circuit-breakers.ts';
import { MissedHeads } from './missed-heads.ts';
import type { RedisClients } from './redis/connect-redis.ts';

/** The part of Socket.IO's sharded adapter that we stand on. */
interface ShardedAdapter {
  readonly uid: string;
  /** Which all gateways hear. */
  readonly channel: string;
  dynamicChannel(room: string): string;
  addAll(id: string, rooms: Set<string>): void;
  del(id: string, room: string): void;
  publishAndReturnOffset(message: { type: MessageType.BROADCAST; data: BroadcastData }): Promise<unknown>;
  onMessage(message: ClusterMessage): void;
  close(): Promise<void>;
}
type BroadcastData = Extract<ClusterMessage, { type: MessageType.BROADCAST }>['data'];

/** In the adapter's rooms this stands for all connections of this gateway. No socket has that id, so the adapter itself finds nobody to send to. */
const ourselves = 'gateway';
/** The first word of our packets. */
const marker = 'fleet';
const maxWaitMs = 1_000;

/**
 * The fleet's road through Redis: the sharded adapter of Socket.IO, with one channel per key (`subscriptionMode: 'dynamic'`), which it subscribes while some
 * connection here hears that key.
 *
 * When a server of Redis fails to take a message, the road to it counts as closed: nothing more is sent that way until it answers a probe. Then the others
 * are told how far the rooms have come whose changes could not be sent.
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
    this.#breakers = new CircuitBreakers(deps.redis, () => this.#tellMissed());
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
      if (this.#breakers.trip(channel)) this.#logger.warn({ err: error }, 'other gateways cannot be reached');
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

  /** The adapter's choice: with several rooms named, the channel that all gateways hear. */
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

  /** Takes our packets out of what the adapter receives, before it looks for sockets of its own. */
  #receiveFrom(adapter: ShardedAdapter): void {
    const others = adapter.onMessage.bind(adapter);
    adapter.onMessage = (message) => {
      const ours = message.type === MessageType.BROADCAST ? readPacket(message.data.packet) : undefined;
      if (!ours || message.type !== MessageType.BROADCAST) return others(message);
      // What we publish comes back to us as well.
      if (message.uid === adapter.uid) return;
      try {
        this.#handler(message.data.opts.rooms, ours);
      } catch (error) {
        this.#logger.error({ err: error }, 'a message of another gateway could not be handled');
      }
    };
  }

  #miss(keys: readonly string[], message: BackplaneMessage): void {
    this.#metrics.lostByBackplane();
    for (const key of keys) this.#missed.note(key, message);
  }

  #tellMissed(): void {
    this.#logger.info('other gateways can be reached again');
    for (const { key, head } of this.#missed.take()) void this.publish([key], { head });
  }
}

function readPacket(packet: unknown): BackplaneMessage | undefined {
  const data = typeof packet === 'object' && packet !== null && 'data' in packet ? packet.data : undefined;
  return Array.isArray(data) && data[0] === marker ? (data[1] as BackplaneMessage) : undefined;
}
