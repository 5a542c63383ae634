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

/** Mail that waits while the broker takes no more; beyond that it is dropped, as it would be with the broker away. */
const maxWaiting = 10_000;

/** Sends without confirmation: calls, their answers, announcements. One channel, so that the order holds. */
export class ReplySender implements Subscription {
  readonly #logger: Logger;
  readonly #onReturned: (correlationId: string) => void;
  #channel: Channel | undefined;
  #waiting: Reply[] = [];
  #flowing = false;
  #blocked = false;

  /** @param options.onReturned a `mandatory` one found no queue */
  constructor(options: { logger: Logger; onReturned: (correlationId: string) => void }) {
    this.#logger = options.logger;
    this.#onReturned = options.onReturned;
  }

  /** @returns whether it is, or will be, on its way. Never throws. */
  send(queue: string, body: Buffer, options: Options.Publish = {}): boolean {
    return this.#enqueue({ exchange: '', routingKey: queue, body, options });
  }

  /** To whoever is bound to an exchange, which must exist. As `send`. */
  announce(exchange: string, body: Buffer): boolean {
    return this.#enqueue({ exchange, routingKey: '', body, options: {} });
  }

  #enqueue(replies: Reply): boolean {
    if (!this.#channel || this.#waiting.length >= maxWaiting) return false;
    this.#waiting.push(replies);
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

  /** Sends off what is still in the socket's buffer. */
  async release(): Promise<void> {
    if (this.#channel) await closeChannel(this.#channel);
  }

  #pump(): void {
    let sent = 0;
    while (this.#channel && this.#flowing && !this.#blocked) {
      const replies = this.#waiting[sent];
      if (!replies) break;
      sent += 1;
      try {
        const { exchange, routingKey, body, options } = replies;
        this.#flowing = this.#channel.publish(exchange, routingKey, body, {
          contentType: 'application/json',
          ...options,
        });
      } catch {
        // The channel is closing; its end drops the rest.
        this.#flowing = false;
      }
    }
    this.#waiting.splice(0, sent);
  }
}
