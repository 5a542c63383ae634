import { type Envelope, type GroupOf, type Topic, topics } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type Logger, newId } from '@parley/runtime';
import type { Channel } from 'amqplib';
import type {
  BatchHandler,
  Bus,
  CallHandler,
  CallOptions,
  ConsumeOptions,
  Consumer,
  DeadLetters,
  Listener,
  ListenOptions,
  PublishOptions,
  ReplyQueue,
} from './bus.ts';
import { closeOnce } from './close-once.ts';
import { Linger } from './linger.ts';
import { Partitions } from './partitions.ts';
import { ConfirmedPublisher } from './rabbit/confirmed-publisher.ts';
import { PartitionAssignment } from './rabbit/partition-assignment.ts';
import { PartitionConsumer } from './rabbit/partition-consumer.ts';
import type { RabbitBusOptions } from './rabbit/rabbit-bus-options.ts';
import { RabbitCaller } from './rabbit/rabbit-caller.ts';
import { RabbitDeadLetters } from './rabbit/rabbit-dead-letters.ts';
import { RabbitLink, type Subscription } from './rabbit/rabbit-link.ts';
import { RabbitListener } from './rabbit/rabbit-listener.ts';
import { RabbitReplyQueue } from './rabbit/rabbit-reply-queue.ts';
import { RabbitServer } from './rabbit/rabbit-server.ts';
import { allEvents, lastReleaseEvents, Names, routingKey } from './rabbit/topology.ts';
import { read, write } from './wire.ts';

/**
 * The bus over RabbitMQ. Publishing and consuming use separate connections, because the broker may
 * block a connection that publishes.
 */
export class RabbitBus implements Bus {
  readonly durable = true;
  readonly #logger: Logger;
  readonly #names: Names;
  readonly #partitions: Partitions;
  readonly #outward: RabbitLink;
  readonly #inward: RabbitLink;
  readonly #publisher: ConfirmedPublisher;
  readonly #caller: RabbitCaller;
  readonly #open = new Set<Consumer>();
  readonly #assignment: PartitionAssignment;
  readonly #consumed = new Set<PartitionConsumer>();
  readonly #onRecovered: (() => void)[] = [];
  #pinging: Promise<void> | undefined;
  #ready = false;
  #wasLost = false;
  #closing = false;
  #closed = false;

  private constructor(options: RabbitBusOptions) {
    const { url, namespace, logger, queueType = 'classic', window = 500, publishTimeoutMs = 5_000 } = options;
    const { connectTimeoutMs = 30_000, heartbeatSeconds = 5, beatMs = 2_000 } = options;
    this.#logger = logger;
    this.#names = new Names(namespace);
    this.#partitions = new Partitions(options.timelinePartitions);
    this.#publisher = new ConfirmedPublisher({ window, timeoutMs: publishTimeoutMs, logger });
    this.#caller = new RabbitCaller({ names: this.#names, logger });
    const topology = { names: this.#names, queueType, partitions: this.#partitions };
    const link = {
      url,
      topology,
      connectTimeoutMs,
      heartbeatSeconds,
      logger,
      onChange: () => this.#changed(),
    };
    this.#outward = new RabbitLink({ ...link, name: `${namespace} publishing` });
    this.#inward = new RabbitLink({ ...link, name: `${namespace} consuming` });
    const { sender } = this.#caller;
    this.#assignment = new PartitionAssignment({
      member: newId(),
      names: this.#names,
      sender,
      link: this.#inward,
      beatMs,
      logger,
    });
  }

  /**
   * @throws AppError `unavailable` when the broker cannot be reached in time
   * @throws StartError when its queues have another type
   */
  static async connect(options: RabbitBusOptions): Promise<RabbitBus> {
    const bus = new RabbitBus(options);
    await Promise.all([bus.#publisher, bus.#caller.sender].map((attachment) => bus.#outward.add(attachment)));
    await Promise.all(
      [bus.#caller.replyQueue, bus.#assignment].map((attachment) => bus.#inward.add(attachment)),
    );
    try {
      await Promise.all([bus.#outward.open(), bus.#inward.open()]);
    } catch (error) {
      await Promise.all([bus.#outward.close(), bus.#inward.close()]);
      throw error;
    }
    bus.#ready = true;
    bus.#changed();
    return bus;
  }

  get connected(): boolean {
    return this.#outward.up && this.#inward.up;
  }

  get unconfirmed(): number {
    return this.#publisher.unsettled;
  }

  /** Concurrent callers share one ping, so that pings do not pile up on a frozen broker. */
  ping(): Promise<void> {
    if (!this.connected) return Promise.reject(new AppError('unavailable'));
    this.#pinging ??= Promise.all(
      [this.#outward, this.#inward].map((link) => link.borrow(async () => undefined)),
    )
      .then(() => undefined)
      .finally(() => {
        this.#pinging = undefined;
      });
    return this.#pinging;
  }

  async publish(
    topic: Topic,
    partition: number,
    event: Envelope,
    { transient = false }: PublishOptions = {},
  ): Promise<void> {
    this.#partitions.check(topic, partition);
    if (this.#closed) throw new AppError('unavailable');
    const body = Buffer.from(write(event));
    await this.#publisher.publish({
      exchange: this.#names.exchange(topic),
      routingKey: routingKey(topic, partition),
      body,
      transient,
      // An event for listeners alone may find none.
      droppable: topics[topic].groups.length === 0,
    });
  }

  partitionOf(topic: Topic, key: string): number {
    return this.#partitions.forKey(topic, key);
  }

  async consume<T extends Topic>(
    topic: T,
    group: GroupOf<T>,
    handler: BatchHandler,
    limits: ConsumeOptions = {},
  ): Promise<Consumer> {
    const shared = {
      topic,
      group,
      handler,
      limits,
      linger: new Linger(limits.lingerMs),
      names: this.#names,
      publisher: this.#publisher,
      logger: this.#logger,
    };
    const members = this.#partitions
      .of(topic)
      .map((partition) => new PartitionConsumer({ ...shared, partition }));
    for (const member of members) this.#consumed.add(member);
    const consumer = await this.#subscribe(members, () => {
      for (const member of members) this.#consumed.delete(member);
      this.#assignment.leave(members);
    });
    this.#assignment.join(`${topic}.${group}`, members);
    return consumer;
  }

  listen(topic: Topic, handler: Listener, options: ListenOptions = {}): Promise<Consumer> {
    const [exchange, logger] = [this.#names.exchange(topic), this.#logger];
    const pattern = options.lastRelease ? lastReleaseEvents : allEvents;
    return this.#subscribe([new RabbitListener({ ...options, topic, exchange, pattern, handler, logger })]);
  }

  serve(method: string, handler: CallHandler): Promise<Consumer> {
    const queue = this.#names.rpc(method);
    return this.#subscribe([
      new RabbitServer({ method, queue, handler, sender: this.#caller.sender, logger: this.#logger }),
    ]);
  }

  async call(method: string, data: unknown, options: CallOptions = {}): Promise<unknown> {
    if (!this.connected) throw new AppError('unavailable');
    return this.#caller.call(method, data, options);
  }

  async openReplyQueue(handler: (data: unknown) => void): Promise<ReplyQueue> {
    const address = this.#names.replyQueue(newId());
    const replyQueue = new RabbitReplyQueue({
      address,
      handler: (text) => handler(read(text)),
      logger: this.#logger,
    });
    const { close } = await this.#subscribe([replyQueue]);
    return { address, close };
  }

  async reply(address: string, data: unknown): Promise<void> {
    const [routingKey, body] = [address, Buffer.from(write(data))];
    await this.#publisher.publish({ exchange: '', routingKey, body, transient: true, droppable: true });
  }

  deadLetters(group: string): DeadLetters {
    return new RabbitDeadLetters({
      group,
      names: this.#names,
      link: this.#inward,
      publisher: this.#publisher,
    });
  }

  onRecovered(callback: () => void): void {
    this.#onRecovered.push(callback);
  }

  async depths(): Promise<Record<string, number>> {
    const depths: Record<string, number> = {};
    const measure = async (channel: Channel) => {
      for (const { key, queue, inFlight } of this.#consumed) {
        depths[key] = (depths[key] ?? (await channel.checkQueue(queue)).messageCount) + inFlight;
      }
    };
    await this.#inward
      .borrow(measure)
      .catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'queue depths could not be measured; the metric omits them'),
      );
    return depths;
  }

  async deadLetterCounts(): Promise<Record<string, number>> {
    const groups = [...new Set([...this.#consumed].map(({ group }) => group))];
    const counted = groups.map(async (group) => [group, await this.deadLetters(group).count()] as const);
    return Object.fromEntries(
      await Promise.all(counted).catch((error: unknown) => {
        this.#logger.warn({ err: error }, 'dead letters could not be counted; the metric omits them');
        return [];
      }),
    );
  }

  async close(): Promise<void> {
    this.#closing = true;
    // Publications and replies of the running handlers must leave before the connections close.
    await Promise.all([...this.#open].map((consumer) => consumer.close()));
    this.#closed = true;
    await this.#publisher.flush();
    await Promise.all([this.#publisher.release(), this.#caller.sender.release()]);
    await Promise.all([this.#outward.close(), this.#inward.close()]);
    this.#caller.failAll();
  }

  async #subscribe(subscriptions: Subscription[], onClose?: () => void): Promise<Consumer> {
    if (this.#closing) throw new AppError('unavailable');
    const consumer: Consumer = {
      close: closeOnce(async () => {
        onClose?.();
        await Promise.all(subscriptions.map((subscription) => this.#inward.remove(subscription)));
        this.#open.delete(consumer);
      }),
    };
    this.#open.add(consumer);
    await Promise.all(subscriptions.map((subscription) => this.#inward.add(subscription)));
    return consumer;
  }

  #changed(): void {
    if (!this.#ready || this.#closing) return;
    if (!this.connected) {
      this.#wasLost = true;
      this.#caller.failAll();
      return;
    }
    if (!this.#wasLost) return;
    this.#wasLost = false;
    for (const callback of this.#onRecovered) {
      try {
        callback();
      } catch (error) {
        this.#logger.error({ err: error }, 'a recovery callback failed');
      }
    }
  }
}
