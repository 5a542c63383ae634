import { AppError } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { closeChannel, dropConnection, openConfirmChannel } from './channels.ts';
import { Fifo } from './fifo.ts';
import type { Subscription } from './rabbit-link.ts';

export interface Publication {
  /** `''` sends to the queue named by the routing key. */
  exchange: string;
  routingKey: string;
  body: Buffer;
  headers?: Record<string, string | number>;
  /** Not written to disk. @default false */
  transient?: boolean;
  /** May be dropped if no queue exists for it. @default false */
  droppable?: boolean;
}

const released = Buffer.alloc(0);

interface Pending extends Publication {
  settled: boolean;
  settle: (error?: AppError) => void;
}

/**
 * Publishes with confirmation. Publications are persistent and must reach at least one queue,
 * unless their options say otherwise. At most `window` are unconfirmed; the rest wait in order.
 * When the connection is lost or the broker refuses a publication, the unconfirmed ones are sent
 * again, in order and before all later ones. A publication that is not confirmed within `timeoutMs`
 * is rejected as `unavailable` and not sent again.
 */
export class ConfirmedPublisher implements Subscription {
  readonly #window: number;
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  readonly #waiting = new Fifo<Pending>();
  readonly #unconfirmed = new Map<string, Pending>();
  #unsettled = 0;
  #onIdle: (() => void)[] = [];
  #model: ChannelModel | undefined;
  #channel: ConfirmChannel | undefined;
  /** The socket accepts more. */
  #flowing = false;
  /** The broker asked for a pause because it is short of memory or disk. */
  #blocked = false;
  #sent = 0;

  constructor(options: { window: number; timeoutMs: number; logger: Logger }) {
    this.#window = options.window;
    this.#timeoutMs = options.timeoutMs;
    this.#logger = options.logger;
  }

  /** Publications that are neither confirmed nor rejected. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** @throws AppError `unavailable` */
  publish(publication: Publication): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => pending.settle(new AppError('unavailable')), this.#timeoutMs);
      const pending: Pending = {
        ...publication,
        settled: false,
        settle: (error) => {
          if (pending.settled) return;
          pending.settled = true;
          // It may stay in a queue until the broker is back.
          pending.body = released;
          clearTimeout(timer);
          if (error) reject(error);
          else resolve();
          this.#unsettled -= 1;
          if (this.#unsettled === 0) for (const idle of this.#onIdle.splice(0)) idle();
        },
      };
      this.#unsettled += 1;
      this.#waiting.push(pending);
      this.#pump();
    });
  }

  /** Resolves when everything published so far is confirmed or rejected, in at most `timeoutMs`. */
  async flush(): Promise<void> {
    if (this.#unsettled > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  async attach(model: ChannelModel): Promise<void> {
    const channel = await openConfirmChannel(model, this.#logger);
    this.#model = model;
    // Runs before the library's own listener, which would report the unconfirmed ones as refused.
    channel.prependListener('close', () => this.#requeueUnconfirmed(channel));
    channel.on('return', (message) => this.#refuse(message.properties.messageId));
    channel.on('drain', () => this.#resume(channel));
    model.on('blocked', () => {
      this.#blocked = true;
    });
    model.on('unblocked', () => {
      this.#blocked = false;
      this.#pump();
    });
    this.#channel = channel;
    this.#blocked = false;
    this.#resume(channel);
  }

  detach(): void {
    if (this.#channel) this.#requeueUnconfirmed(this.#channel);
  }

  /** Flushes the socket's buffer. */
  async release(): Promise<void> {
    if (this.#channel) await closeChannel(this.#channel);
  }

  #resume(channel: ConfirmChannel): void {
    if (this.#channel !== channel) return;
    this.#flowing = true;
    this.#pump();
  }

  #pump(): void {
    while (this.#channel && this.#flowing && !this.#blocked && this.#unconfirmed.size < this.#window) {
      const next = this.#waiting.shift();
      if (!next) return;
      if (!next.settled) this.#send(this.#channel, next);
    }
  }

  #send(channel: ConfirmChannel, pending: Pending): void {
    const messageId = String(++this.#sent);
    const { exchange, routingKey, body, headers, transient = false, droppable = false } = pending;
    const options = {
      persistent: !transient,
      mandatory: !droppable,
      contentType: 'application/json',
      messageId,
      headers,
    };
    this.#unconfirmed.set(messageId, pending);
    try {
      this.#flowing = channel.publish(exchange, routingKey, body, options, (error: unknown) =>
        this.#confirm(messageId, error),
      );
    } catch {
      // The channel is closing. Its `close` event requeues this publication.
      this.#flowing = false;
    }
  }

  #confirm(messageId: string, error: unknown): void {
    const pending = this.#unconfirmed.get(messageId);
    if (!pending) return;
    if (error) {
      this.#reconnect(error);
      return;
    }
    this.#unconfirmed.delete(messageId);
    pending.settle();
    this.#pump();
  }

  /**
   * The broker refused a publication because a queue lost its node. The channel may not recover
   * from that (rabbit_fifo_client keeps asking the lost node), but a new connection does.
   */
  #reconnect(error: unknown): void {
    this.#logger.warn({ err: error }, 'the broker refused an event; reconnecting');
    if (this.#model) dropConnection(this.#model);
  }

  /** The broker found no queue for the event, so our queue must have been deleted. */
  #refuse(messageId: unknown): void {
    this.#logger.error('the broker has no queue for an event; it is rejected');
    this.#unconfirmed.get(String(messageId))?.settle(new AppError('unavailable'));
  }

  #requeueUnconfirmed(channel: ConfirmChannel): void {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#waiting.putBack([...this.#unconfirmed.values()]);
    this.#unconfirmed.clear();
  }
}
