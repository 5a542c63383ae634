import { AppError } from '@parley/errors';
import { type Logger, StartError } from '@parley/runtime';
import { type Channel, type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib';
import { BrokerNodes } from './broker-nodes.ts';
import { closeChannel, openChannel, openTemporaryChannel, withinCloseTimeout } from './channels.ts';
import { combineWrites, socketOf } from './combine-writes.ts';
import { declareTopology, type Topology } from './topology.ts';

/** Something that uses a connection and moves to the next one when the connection is lost. */
export interface Attachment {
  /** Sets itself up on a new connection. */
  attach(model: ChannelModel): Promise<void>;
  /** The connection and all its channels are gone. */
  detach(): void;
}

/** An attachment that can end in an orderly way, after its current work. */
export interface Subscription extends Attachment {
  release(): Promise<void>;
}

export interface LinkOptions {
  /** One node or several, separated by commas: see `BrokerNodes`. */
  url: string;
  /** The connection's name in the broker's management. */
  name: string;
  topology: Topology;
  connectTimeoutMs: number;
  heartbeatSeconds: number;
  logger: Logger;
  /** Called whenever `up` changes. */
  onChange: () => void;
}

/** One connection to the broker. It reconnects by itself and restores all its attachments. */
export class RabbitLink {
  readonly #options: LinkOptions;
  readonly #attachments = new Set<Attachment>();
  /** Attachments of the current connection, and their setup. */
  #attached = new Map<Attachment, Promise<void>>();
  #current: ChannelModel | undefined;
  #up = false;
  #everUp = false;
  #connection: RecoveringChannelModel | undefined;
  /** Destroys sockets that a frozen broker would keep open. */
  readonly #sockets = new AbortController();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get up(): boolean {
    return this.#up;
  }

  /**
   * Tries until the first connection is set up.
   * @throws AppError `unavailable` after `connectTimeoutMs`
   * @throws StartError when retrying would not help
   */
  async open(): Promise<void> {
    const { url, name, connectTimeoutMs, heartbeatSeconds, logger } = this.#options;
    let lastError: Error | undefined;
    const nodes = new BrokerNodes(url, heartbeatSeconds);
    const socket = { noDelay: true, timeout: 10_000, signal: this.#sockets.signal };
    const connection = await connect(nodes.address, {
      ...socket,
      clientProperties: { connection_name: name },
      recovery: {
        waitForConnect: false,
        initialDelay: 100,
        maxDelay: 2_000,
        setup: (model: ChannelModel) => this.#setUp(model),
      },
    });
    this.#connection = connection;
    connection.on('error', (error) =>
      logger.warn({ err: error, connection: name }, 'the broker connection failed; reconnecting'),
    );
    const tryNext = () => {
      this.#dropSocket();
      nodes.next();
    };
    connection.on('disconnect', tryNext);
    connection.on('connect-failed', (error) => {
      lastError = error;
      tryNext();
      logger.warn({ err: error, connection: name }, 'the broker cannot be reached; will retry');
      if (error instanceof StartError && !this.#everUp) void this.close();
    });
    connection.on('connect', () => this.#setOnline(true));
    const timer = setTimeout(() => this.close(), connectTimeoutMs);
    try {
      await connection.waitForConnect();
    } catch (error) {
      throw lastError instanceof StartError
        ? lastError
        : new AppError('unavailable', { cause: lastError ?? error });
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Resolves when the attachment is set up. Without a connection, resolves at once; the next
   * connection sets it up.
   */
  async add(attachment: Attachment): Promise<void> {
    this.#attachments.add(attachment);
    const model = this.#current;
    if (!model) return;
    try {
      await this.#attach(attachment, model);
    } catch (error) {
      if (this.#current === model && this.#up) throw AppError.from(error);
    }
  }

  /** Releases a subscription and sets it up again, behind all other subscribers. Never rejects. */
  async renew(subscription: Subscription): Promise<void> {
    const model = this.#current;
    if (!model || !this.#attachments.has(subscription)) return;
    const renewed = subscription.release().then(async () => {
      if (this.#current === model && this.#attachments.has(subscription)) await subscription.attach(model);
    });
    this.#attached.set(subscription, renewed);
    // If the connection is lost meanwhile, the next one attaches it.
    await renewed.catch(() => undefined);
  }

  async remove(subscription: Subscription): Promise<void> {
    this.#attachments.delete(subscription);
    await this.#attached.get(subscription)?.catch(() => undefined);
    await subscription.release();
  }

  /**
   * Lends a channel. Messages that `work` takes and does not acknowledge return to their queue.
   * @throws AppError `unavailable`
   */
  async borrow<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const model = this.#current;
    if (!model) throw new AppError('unavailable');
    try {
      const channel = await openTemporaryChannel(model, this.#options.logger);
      try {
        return await work(channel);
      } finally {
        await closeChannel(channel);
      }
    } catch (error) {
      throw this.#current === model ? error : new AppError('unavailable', { cause: error });
    }
  }

  async close(): Promise<void> {
    if (this.#connection) await withinCloseTimeout(this.#connection.close());
    this.#sockets.abort();
    this.#lose();
  }

  async #setUp(model: ChannelModel): Promise<void> {
    let lost = false;
    combineWrites(socketOf(model));
    model.on('error', () => undefined);
    model.on('handler-error', (error) =>
      this.#options.logger.error({ err: error }, 'a connection event handler failed'),
    );
    model.on('close', () => {
      lost = true;
      if (this.#current === model) this.#lose();
    });
    const channel = await openChannel(model, this.#options.logger);
    await declareTopology(channel, this.#options.topology);
    await closeChannel(channel);
    this.#current = model;
    this.#attached = new Map();
    await Promise.all([...this.#attachments].map((attachment) => this.#attach(attachment, model)));
    // The library's recovery notices a lost connection only after this setup.
    if (lost) throw new Error('The connection was lost during setup');
  }

  /**
   * Destroys what is left of a lost connection's socket. Otherwise the signal would keep it:
   * Node.js never removes the listener that it adds for a socket.
   */
  #dropSocket(): void {
    this.#sockets.signal.dispatchEvent(new Event('abort'));
  }

  #attach(attachment: Attachment, model: ChannelModel): Promise<void> {
    const attached = this.#attached.get(attachment) ?? attachment.attach(model);
    this.#attached.set(attachment, attached);
    return attached;
  }

  #lose(): void {
    this.#current = undefined;
    for (const attachment of this.#attachments) attachment.detach();
    this.#setOnline(false);
  }

  #setOnline(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    this.#everUp ||= up;
    this.#options.onChange();
  }
}
