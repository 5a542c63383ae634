import type { Logger } from '@parley/runtime';
import type { Channel, ChannelModel, Options } from 'amqplib';
import { closeChannel, openChannel } from './channels.ts';
import type { Subscription } from './rabbit-link.ts';

interface Reply {
  exchange: string;
  routingKey: string;
  body: Buffer;
  options: Options.Publish;
}

/** Limits the messages that wait while the broker accepts no more. Further ones are dropped. */
const maxWaiting = 10_000;

/**
 * Sends without confirmation: calls, their answers and announcements. One channel keeps the order.
 */
export class ReplySender implements Subscription {
  readonly #logger: Logger;
  readonly #onReturned: (correlationId: string) => void;
  #channel: Channel | undefined;
  #waiting: Reply[] = [];
  #flowing = false;
  #blocked = false;

  /** @param options.onReturned called when a `mandatory` message finds no queue */
  constructor(options: { logger: Logger; onReturned: (correlationId: string) => void }) {
    this.#logger = options.logger;
    this.#onReturned = options.onReturned;
  }

  /** @returns whether the message is accepted for sending. Never throws. */
  send(queue: string, body: Buffer, options: Options.Publish = {}): boolean {
    return this.#enqueue({ exchange: '', routingKey: queue, body, options });
  }

  /** Sends to all queues bound to an exchange, which must exist. Otherwise like `send`. */
  announce(exchange: string, body: Buffer): boolean {
    return this.#enqueue({ exchange, routingKey: '', body, options: {} });
  }

  #enqueue(reply: Reply): boolean {
    if (!this.#channel || this.#waiting.length >= maxWaiting) return false;
    this.#waiting.push(reply);
    this.#pump();
    return true;
  }

  async attach(model: ChannelModel): Promise<void> {
    const channel = await openChannel(model, this.#logger);
    channel.on('return', (message) => this.#onReturned(String(message.properties.correlationId)));
    channel.on('drain', () => {
      this.#flowing = true;
      this.#pump();
    });
    model.on('blocked', () => {
      this.#blocked = true;
    });
    model.on('unblocked', () => {
      this.#blocked = false;
      this.#pump();
    });
    this.#channel = channel;
    this.#flowing = true;
    this.#blocked = false;
  }

  detach(): void {
    this.#channel = undefined;
    this.#waiting = [];
  }

  /** Flushes the socket's buffer. */
  async release(): Promise<void> {
    if (this.#channel) await closeChannel(this.#channel);
  }

  #pump(): void {
    let sent = 0;
    while (this.#channel && this.#flowing && !this.#blocked) {
      const reply = this.#waiting[sent];
      if (!reply) break;
      sent += 1;
      try {
        const { exchange, routingKey, body, options } = reply;
        this.#flowing = this.#channel.publish(exchange, routingKey, body, {
          contentType: 'application/json',
          ...options,
        });
      } catch {
        // The channel is closing. Its `close` event drops the rest.
        this.#flowing = false;
      }
    }
    this.#waiting.splice(0, sent);
  }
}
