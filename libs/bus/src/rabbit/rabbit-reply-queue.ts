import type { Logger } from '@parley/runtime';
import type { Channel, ChannelModel } from 'amqplib';
import { closeChannel, dropConnection, openChannel } from './channels.ts';
import type { Subscription } from './rabbit-link.ts';

/** A reply queue. It has the same name on every connection, so that its address stays valid. */
export class RabbitReplyQueue implements Subscription {
  readonly address: string;
  readonly #handler: (text: string, correlationId: string) => void;
  readonly #logger: Logger;
  #channel: Channel | undefined;

  constructor(options: {
    address: string;
    handler: (text: string, correlationId: string) => void;
    logger: Logger;
  }) {
    this.address = options.address;
    this.#handler = options.handler;
    this.#logger = options.logger;
  }

  async attach(model: ChannelModel): Promise<void> {
    const channel = await openChannel(model, this.#logger);
    await channel.assertQueue(this.address, { exclusive: true, autoDelete: true, durable: false });
    this.#channel = channel;
    await channel.consume(
      this.address,
      (message) => {
        if (!message) return dropConnection(model);
        if (this.#channel !== channel) return;
        try {
          this.#handler(message.content.toString(), String(message.properties.correlationId));
        } catch (error) {
          this.#logger.error(
            { err: error, address: this.address },
            'a reply handler failed; the reply is dropped',
          );
        }
      },
      { noAck: true },
    );
  }

  detach(): void {
    this.#channel = undefined;
  }

  async release(): Promise<void> {
    const channel = this.#channel;
    this.detach();
    if (channel) await closeChannel(channel);
  }
}
