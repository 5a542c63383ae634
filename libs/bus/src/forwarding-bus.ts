import type { Envelope, GroupOf, Topic } from '@parley/contracts';
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

/** Forwards everything to another bus. Base class for decorators. */
export abstract class ForwardingBus implements Bus {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get durable(): boolean {
    return this.#bus.durable;
  }

  get connected(): boolean {
    return this.#bus.connected;
  }

  get unconfirmed(): number {
    return this.#bus.unconfirmed;
  }

  publish(topic: Topic, partition: number, event: Envelope, options?: PublishOptions): Promise<void> {
    return this.#bus.publish(topic, partition, event, options);
  }

  partitionOf(topic: Topic, key: string): number {
    return this.#bus.partitionOf(topic, key);
  }

  consume<T extends Topic>(
    topic: T,
    group: GroupOf<T>,
    handler: BatchHandler,
    options?: ConsumeOptions,
  ): Promise<Consumer> {
    return this.#bus.consume(topic, group, handler, options);
  }

  listen(topic: Topic, handler: Listener, options?: ListenOptions): Promise<Consumer> {
    return this.#bus.listen(topic, handler, options);
  }

  serve(method: string, handler: CallHandler): Promise<Consumer> {
    return this.#bus.serve(method, handler);
  }

  call(method: string, data: unknown, options?: CallOptions): Promise<unknown> {
    return this.#bus.call(method, data, options);
  }

  openReplyQueue(handler: (data: unknown) => void): Promise<ReplyQueue> {
    return this.#bus.openReplyQueue(handler);
  }

  reply(address: string, data: unknown): Promise<void> {
    return this.#bus.reply(address, data);
  }

  deadLetters(group: string): DeadLetters {
    return this.#bus.deadLetters(group);
  }

  onRecovered(callback: () => void): void {
    this.#bus.onRecovered(callback);
  }

  ping(): Promise<void> {
    return this.#bus.ping();
  }

  depths(): Promise<Record<string, number>> {
    return this.#bus.depths();
  }

  deadLetterCounts(): Promise<Record<string, number>> {
    return this.#bus.deadLetterCounts();
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}
