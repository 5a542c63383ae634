import type { Envelope, Topic } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { BatchLane } from '../batch-lane.ts';
import { listenLane } from '../listen-lane.ts';
import { type ReadEvent, readEvent } from '../wire.ts';
import { acknowledge, closeChannel, dropConnection, openChannel } from './channels.ts';
import type { Subscription } from './rabbit-link.ts';

interface Delivery extends ReadEvent {
  channel: Channel;
  message: ConsumeMessage;
}

/** Limits the events that a slow listener holds in memory. */
const prefetch = 200;

/** A process's own copy of a topic, in a queue that lives as long as its connection. */
export class RabbitListener implements Subscription {
  readonly #exchange: string;
  readonly #pattern: string;
  readonly #logger: Logger;
  readonly #lane: BatchLane<Delivery>;
  readonly #onInterrupted: () => void;
  #channel: Channel | undefined;
  #wasAttached = false;

  constructor(options: {
    topic: Topic;
    exchange: string;
    /** Of routing keys. */
    pattern: string;
    handler: (event: Envelope) => void | Promise<void>;
    onInterrupted?: (() => void) | undefined;
    logger: Logger;
  }) {
    this.#exchange = options.exchange;
    this.#pattern = options.pattern;
    this.#logger = options.logger;
    this.#onInterrupted = options.onInterrupted ?? (() => undefined);
    this.#lane = listenLane<Delivery>({
      ...options,
      done: (deliveries) => {
        for (const { channel, message } of deliveries) acknowledge(channel, message, { upTo: true });
      },
    });
  }

  async attach(model: ChannelModel): Promise<void> {
    const channel = await openChannel(model, this.#logger);
    await channel.prefetch(prefetch);
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false });
    await channel.bindQueue(queue, this.#exchange, this.#pattern);
    this.#channel = channel;
    // From here on, the queue receives everything.
    if (this.#wasAttached) this.#onInterrupted();
    this.#wasAttached = true;
    await channel.consume(queue, (message) => {
      if (!message) return dropConnection(model);
      if (this.#channel === channel)
        this.#lane.push({ ...readEvent(message.content.toString()), channel, message });
    });
  }

  detach(): void {
    this.#channel = undefined;
    void this.#lane.clear();
  }

  async release(): Promise<void> {
    const channel = this.#channel;
    this.detach();
    if (channel) await closeChannel(channel);
    await this.#lane.clear();
  }
}
