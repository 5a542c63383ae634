import type { Connection } from '../connections/connection.ts';

/** The part of the backplane that subscribes this gateway to keys; see `Backplane`. */
export interface Channels {
  subscribe(key: string): Promise<void>;
  unsubscribe(key: string): void;
}

interface Subscribers {
  connections: Set<Connection>;
  /** Resolves when the backplane delivers messages for this key. */
  reached: Promise<void>;
  /** By `performance.now()`. */
  since: number;
}

const none: ReadonlySet<Connection> = new Set();

/**
 * Records which of this gateway's connections are subscribed to which key. Subscribes the backplane
 * to a key with the first connection, and unsubscribes it with the last.
 */
export class SubscriptionTable {
  readonly #channels: Channels;
  readonly #keys = new Map<string, Subscribers>();
  readonly #keysByConnection = new Map<Connection, Set<string>>();
  readonly #gone = new WeakSet<Connection>();
  #onUnsubscribed: (key: string) => void = () => undefined;

  constructor(channels: Channels) {
    this.#channels = channels;
  }

  /** Called when the last connection unsubscribes from a key. */
  onUnsubscribed(callback: (key: string) => void): void {
    this.#onUnsubscribed = callback;
  }

  /**
   * Takes effect here at once. Resolves when messages from other gateways for the key arrive here.
   */
  add(connection: Connection, key: string): Promise<void> {
    // A request made before the connection closed may finish after it.
    if (this.#gone.has(connection)) return Promise.resolve();
    const subscribers = this.#keys.get(key) ?? {
      connections: new Set(),
      reached: this.#channels.subscribe(key),
      since: performance.now(),
    };
    this.#keys.set(key, subscribers);
    subscribers.connections.add(connection);
    const keys = this.#keysByConnection.get(connection) ?? new Set();
    this.#keysByConnection.set(connection, keys.add(key));
    return subscribers.reached;
  }

  /** Answers whether the connection was subscribed. */
  remove(connection: Connection, key: string): boolean {
    const subscribers = this.#keys.get(key);
    if (!subscribers?.connections.delete(connection)) return false;
    const keys = this.#keysByConnection.get(connection);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysByConnection.delete(connection);
    if (subscribers.connections.size === 0) {
      this.#keys.delete(key);
      this.#channels.unsubscribe(key);
      this.#onUnsubscribed(key);
    }
    return true;
  }

  /** Ends all subscriptions of a closed connection, and accepts no new ones. */
  removeAll(connection: Connection): void {
    this.#gone.add(connection);
    for (const key of this.keysOf(connection)) this.remove(connection, key);
  }

  isSubscribed(connection: Connection, key: string): boolean {
    return this.at(key).has(connection);
  }

  at(key: string): ReadonlySet<Connection> {
    return this.#keys.get(key)?.connections ?? none;
  }

  /** How long the key has had subscribers here. */
  subscribedForMs(key: string): number {
    return performance.now() - (this.#keys.get(key)?.since ?? Number.POSITIVE_INFINITY);
  }

  /** Every key with a subscriber here. */
  keys(): string[] {
    return [...this.#keys.keys()];
  }

  keysOf(connection: Connection): string[] {
    return [...(this.#keysByConnection.get(connection) ?? [])];
  }

  countOf(connection: Connection): number {
    return this.#keysByConnection.get(connection)?.size ?? 0;
  }
}
