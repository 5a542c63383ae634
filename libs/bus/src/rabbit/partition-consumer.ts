import type { Topic } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { BatchLane } from '../batch-lane.ts';
import type { BatchHandler, ConsumeOptions } from '../bus.ts';
import type { Linger } from '../linger.ts';
import { type ReadEvent, readEvent } from '../wire.ts';
import { acknowledge, closeChannel, dropConnection, openChannel } from './channels.ts';
import type { ConfirmedPublisher } from './confirmed-publisher.ts';
import { buryEvent } from './rabbit-dead-letters.ts';
import type { Subscription } from './rabbit-link.ts';
import type { Names } from './topology.ts';

interface Delivery extends ReadEvent {
  channel: Channel;
  message: ConsumeMessage;
}

export interface PartitionConsumerOptions {
  topic: Topic;
  group: string;
  partition: number;
  handler: BatchHandler;
  limits: ConsumeOptions;
  linger: Linger;
  names: Names;
  publisher: ConfirmedPublisher;
  logger: Logger;
}

/**
 * One member's subscription to one partition of its group. The broker delivers to one member at a
 * time (single active consumer).
 *
 * A subscription ends by closing its channel, never by cancelling. A cancelled consumer keeps its
 * unacknowledged events while the next member already receives later ones. Closing first returns
 * everything to its old place.
 */
export class PartitionConsumer implements Subscription {
  readonly #options: PartitionConsumerOptions;
  readonly #prefetch: number;
  readonly #lane: BatchLane<Delivery>;
  readonly group: string;
  readonly queue: string;
  /** `topic.group.partition` */
  readonly key: string;
  #channel: Channel | undefined;
  #active = false;

  constructor(options: PartitionConsumerOptions) {
    const { topic, group, partition, handler, limits, linger, names, publisher, logger } = options;
    this.#options = options;
    this.group = group;
    const { maxBatch = 100 } = limits;
    this.#prefetch = limits.prefetch ?? maxBatch * 2;
    this.key = `${topic}.${group}.${partition}`;
    this.queue = names.queue(topic, group, partition);
    this.#lane = new BatchLane<Delivery>({
      maxBatch,
      maxAttempts: limits.maxAttempts ?? 5,
      linger,
      turn: () => handler.turnOf?.(partition),
      handle: (events) => handler(events, { partition }),
      done: (deliveries) => finish(deliveries.at(-1)),
      bury: async (delivery, reason) => {
        await buryEvent(publisher, names.dead(group), {
          topic,
          partition,
          body: delivery.message.content,
          reason,
        });
      },
      logger: logger.child({ topic, group, partition }),
    });
  }

  /** Deliveries to this member that are not done. */
  get inFlight(): number {
    return this.#lane.size;
  }

  /** Whether the broker chose this member: it has received a delivery since it subscribed. */
  get active(): boolean {
    return this.#active;
  }

  async attach(model: ChannelModel): Promise<void> {
    const channel = await openChannel(model, this.#options.logger);
    await channel.prefetch(this.#prefetch);
    this.#channel = channel;
    await channel.consume(this.queue, (message) => {
      if (!message) return dropConnection(model);
      if (this.#channel !== channel) return;
      this.#active = true;
      this.#lane.push({ ...readEvent(message.content.toString()), channel, message });
    });
  }

  detach(): void {
    this.#channel = undefined;
    this.#active = false;
    void this.#lane.clear();
  }

  /** Finishes the running batch and leaves the rest to the next member. */
  async release(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#active = false;
    await this.#lane.clear();
    if (channel) await closeChannel(channel);
  }
}

function finish(delivery: Delivery | undefined): void {
  if (delivery) acknowledge(delivery.channel, delivery.message, { upTo: true });
}
