import type { Logger } from '@parley/runtime';
import { atMost } from '@parley/runtime/async';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { Server } from 'socket.io';
import { type ClusterMessage, MessageType } from 'socket.io-adapter';
import type { Backplane, BackplaneHandler, BackplaneMessage } from './backplane.ts';
import type { RedisClients } from './redis/connect-redis.ts';
import { marker, RedisPublisher } from './redis-publisher.ts';

/** The part of Socket.IO's sharded adapter that we rely on. */
interface ShardedAdapter {
  readonly uid: string;
  /** A room has its first connection here, or none any more: it subscribes, or unsubscribes. */
  emit(event: 'create-room' | 'delete-room', room: string): void;
  onMessage(message: ClusterMessage): void;
}

const maxWaitMs = 1_000;

/**
 * The backplane over Redis, built on Socket.IO's sharded adapter. Each key has a channel
 * (`subscriptionMode: 'dynamic'`), subscribed while a connection here is subscribed to the key. The
 * caller knows which connections those are, so the adapter's own maps of rooms stay empty.
 */
export class RedisBackplane implements Backplane {
  readonly #redis: RedisClients;
  readonly #adapter: ShardedAdapter;
  readonly #publisher: RedisPublisher;
  readonly #logger: Logger;
  readonly #onRecovered: (() => void)[] = [];
  #handler: BackplaneHandler = () => undefined;

  /** @param deps.lost called for each message that could not be published */
  constructor(deps: {
    io: Server;
    redis: RedisClients;
    namespace: string;
    lost: () => void;
    logger: Logger;
  }) {
    this.#redis = deps.redis;
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
    this.#publisher = new RedisPublisher({ ...deps, uid: this.#adapter.uid });
    subscriber.onSubscribedAgain(() => {
      for (const callback of this.#onRecovered) callback();
    });
  }

  onMessage(handler: BackplaneHandler): void {
    this.#handler = handler;
  }

  publish(keys: readonly string[], message: BackplaneMessage): Promise<boolean> {
    this.#handler(keys, message);
    return this.#publisher.publish(keys, message);
  }

  async subscribe(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#adapter.emit('create-room', key);
    await atMost(maxWaitMs, this.#redis.subscriber.subscribed());
  }

  unsubscribe(key: string): void {
    this.#adapter.emit('delete-room', key);
  }

  onRecovered(callback: () => void): void {
    this.#onRecovered.push(callback);
  }

  async close(): Promise<void> {
    await this.#publisher.close();
    this.#redis.close();
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
        this.#logger.error({ err: error }, 'failed to handle a message of the backplane; dropped');
      }
    };
  }
}

function readPacket(packet: unknown): BackplaneMessage | undefined {
  const data = typeof packet === 'object' && packet !== null && 'data' in packet ? packet.data : undefined;
  return Array.isArray(data) && data[0] === marker ? (data[1] as BackplaneMessage) : undefined;
}
