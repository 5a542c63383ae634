import { type Envelope, type GroupOf, type Topic, topics } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type Logger, newId } from '@parley/runtime';
import type {
  BatchHandler,
  Bus,
  CallHandler,
  CallOptions,
  ConsumeOptions,
  Consumer,
  DeadLetter,
  DeadLetters,
  Listener,
  ListenOptions,
  ReplyQueue,
} from './bus.ts';
import { closeOnce } from './close-once.ts';
import { Linger } from './linger.ts';
import { listenLane } from './listen-lane.ts';
import { GroupPartition } from './memory/group-partition.ts';
import { MemoryCalls } from './memory/memory-calls.ts';
import { memoryDeadLetters } from './memory/memory-dead-letters.ts';
import { Partitions } from './partitions.ts';
import { type ReadEvent, read, readEvent, write } from './wire.ts';

/**
 * A bus within one process. It serializes everything, so that no receiver can change another's
 * copy.
 */
export class MemoryBus implements Bus {
  readonly durable = false;
  readonly #logger: Logger;
  readonly #partitions: Partitions;
  readonly #queues = new Map<string, GroupPartition>();
  readonly #deadLetters = new Map<string, DeadLetter[]>();
  readonly #listeners = new Map<Topic, Set<(delivery: ReadEvent) => void>>();
  readonly #replyQueues = new Map<string, (data: unknown) => void>();
  readonly #calls: MemoryCalls;
  readonly #open = new Set<Consumer>();
  readonly #consumed = new Set<string>();
  readonly #consumingFor = new Set<string>();
  #abandoned = false;
  #closed = false;

  /** @param options.timelinePartitions default 2 */
  constructor(options: { logger: Logger; timelinePartitions?: number }) {
    this.#logger = options.logger;
    this.#partitions = new Partitions(options.timelinePartitions);
    this.#calls = new MemoryCalls(options.logger);
  }

  get connected(): boolean {
    return !this.#closed;
  }

  /** Events count as unconfirmed until they are handled. */
  get unconfirmed(): number {
    return [...this.#queues.values()].reduce((sum, { depth }) => sum + depth, 0);
  }

  async ping(): Promise<void> {
    this.#checkOpen();
  }

  async publish(topic: Topic, partition: number, event: Envelope): Promise<void> {
    this.#partitions.check(topic, partition);
    this.#checkOpen();
    const text = write(event);
    const handled = topics[topic].groups.map((group) => this.#queue(topic, group, partition).add(text));
    for (const listener of this.#listeners.get(topic) ?? []) listener(readEvent(text));
    await Promise.all(handled);
  }

  partitionOf(topic: Topic, key: string): number {
    return this.#partitions.forKey(topic, key);
  }

  async consume<T extends Topic>(
    topic: T,
    group: GroupOf<T>,
    handler: BatchHandler,
    options: ConsumeOptions = {},
  ): Promise<Consumer> {
    this.#checkOpen();
    this.#consumingFor.add(group);
    const linger = new Linger(options.lingerMs);
    const memberships = this.#partitions.of(topic).map((partition) => {
      this.#consumed.add(keyOf(topic, group, partition));
      const queue = this.#queue(topic, group, partition);
      return { queue, lane: queue.join(handler, options, linger) };
    });
    return this.#keep(async () => {
      await Promise.all(memberships.map(({ queue, lane }) => queue.leave(lane)));
    });
  }

  async listen(topic: Topic, handler: Listener, { lastRelease }: ListenOptions = {}): Promise<Consumer> {
    this.#checkOpen();
    // All processes of this bus are this one.
    if (lastRelease) return this.#keep(async () => undefined);
    const lane = listenLane({ topic, handler, logger: this.#logger });
    const listener = (delivery: ReadEvent) => lane.push(delivery);
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return this.#keep(() => {
      listeners.delete(listener);
      return lane.clear();
    });
  }

  async serve(method: string, handler: CallHandler): Promise<Consumer> {
    this.#checkOpen();
    return this.#keep(this.#calls.serve(method, handler));
  }

  async call(method: string, data: unknown, options: CallOptions = {}): Promise<unknown> {
    this.#checkOpen();
    return this.#calls.call(method, data, options);
  }

  async openReplyQueue(handler: (data: unknown) => void): Promise<ReplyQueue> {
    this.#checkOpen();
    const address = `replies.${newId()}`;
    this.#replyQueues.set(address, handler);
    const consumer = this.#keep(async () => {
      this.#replyQueues.delete(address);
    });
    return { address, close: consumer.close };
  }

  async reply(address: string, data: unknown): Promise<void> {
    const text = write(data);
    queueMicrotask(() => this.#deliver(address, text));
  }

  deadLetters(group: string): DeadLetters {
    return memoryDeadLetters(this.#lettersOf(group), ({ topic, partition, event }) => {
      // Nothing waits for this event; it is lost if the bus closes.
      this.#queue(topic, group, partition)
        .add(write(event))
        .catch(() => undefined);
    });
  }

  onRecovered(_callback: () => void): void {}

  async depths(): Promise<Record<string, number>> {
    return Object.fromEntries([...this.#consumed].map((key) => [key, this.#queues.get(key)?.depth ?? 0]));
  }

  async deadLetterCounts(): Promise<Record<string, number>> {
    return Object.fromEntries([...this.#consumingFor].map((group) => [group, this.#lettersOf(group).length]));
  }

  /**
   * No more consumers will come: publishing an event rejects with `unavailable` once the last
   * consumer has closed without handling it. Call it before services stop at the same time. Those
   * that wait for their events to be handled would wait for ever for those that have stopped.
   */
  abandon(): void {
    this.#abandoned = true;
    for (const queue of this.#queues.values()) queue.abandon();
  }

  async close(): Promise<void> {
    // Handlers may still publish until they end.
    this.abandon();
    await Promise.all([...this.#open].map((consumer) => consumer.close()));
    this.#closed = true;
  }

  #deliver(address: string, text: string): void {
    try {
      this.#replyQueues.get(address)?.(read(text));
    } catch (error) {
      this.#logger.error({ err: error, address }, 'a reply handler failed; the reply is dropped');
    }
  }

  #keep(close: () => Promise<void>): Consumer {
    const consumer: Consumer = {
      close: closeOnce(async () => {
        await close();
        this.#open.delete(consumer);
      }),
    };
    this.#open.add(consumer);
    return consumer;
  }

  #queue(topic: Topic, group: string, partition: number): GroupPartition {
    const key = keyOf(topic, group, partition);
    const queue =
      this.#queues.get(key) ?? new GroupPartition(topic, partition, this.#lettersOf(group), this.#logger);
    this.#queues.set(key, queue);
    if (this.#abandoned) queue.abandon();
    return queue;
  }

  #lettersOf(group: string): DeadLetter[] {
    const letters = this.#deadLetters.get(group) ?? [];
    this.#deadLetters.set(group, letters);
    return letters;
  }

  #checkOpen(): void {
    if (this.#closed) throw new AppError('unavailable');
  }
}

const keyOf = (topic: Topic, group: string, partition: number) => `${topic}.${group}.${partition}`;
