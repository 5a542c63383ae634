import type { Logger } from '@parley/runtime';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { answerCall } from '../answers.ts';
import type { CallHandler } from '../bus.ts';
import { read } from '../wire.ts';
import { acknowledge, closeChannel, dropConnection, openChannel, withinCloseTimeout } from './channels.ts';
import type { Subscription } from './rabbit-link.ts';
import type { ReplySender } from './reply-sender.ts';

/** Maximum number of calls that one replica answers at a time. */
const prefetch = 100;

/**
 * Answers calls of one method from a queue that all its servers share. The broker deletes the queue
 * after the last server leaves.
 */
export class RabbitServer implements Subscription {
  readonly #method: string;
  readonly #queue: string;
  readonly #handler: CallHandler;
  readonly #sender: ReplySender;
  readonly #logger: Logger;
  readonly #inFlight = new Set<Promise<void>>();
  #channel: Channel | undefined;
  #consumerTag = '';

  constructor(options: {
    method: string;
    queue: string;
    handler: CallHandler;
    sender: ReplySender;
    logger: Logger;
  }) {
    this.#method = options.method;
    this.#queue = options.queue;
    this.#handler = options.handler;
    this.#sender = options.sender;
    this.#logger = options.logger;
  }

  async attach(model: ChannelModel): Promise<void> {
    const channel = await openChannel(model, this.#logger);
    await channel.prefetch(prefetch);
    await channel.assertQueue(this.#queue, { durable: false, autoDelete: true });
    this.#channel = channel;
    const { consumerTag } = await channel.consume(this.#queue, (message) => {
      if (!message) return dropConnection(model);
      const answered = this.#answer(channel, message).finally(() => this.#inFlight.delete(answered));
      this.#inFlight.add(answered);
    });
    this.#consumerTag = consumerTag;
  }

  detach(): void {
    this.#channel = undefined;
  }

  /** Answers the calls it has taken and leaves the rest to other servers. */
  async release(): Promise<void> {
    const channel = this.#channel;
    this.detach();
    if (channel) await withinCloseTimeout(channel.cancel(this.#consumerTag));
    await Promise.all(this.#inFlight);
    if (channel) await closeChannel(channel);
  }

  async #answer(channel: Channel, message: ConsumeMessage): Promise<void> {
    const { replyTo, correlationId, headers } = message.properties;
    const trace = typeof headers?.traceparent === 'string' ? headers.traceparent : undefined;
    const ask = () => this.#handler(read(message.content.toString()), trace);
    const answer = await answerCall(this.#method, ask, this.#logger);
    this.#sender.send(String(replyTo), Buffer.from(answer), { correlationId: String(correlationId) });
    acknowledge(channel, message, { upTo: false });
  }
}
