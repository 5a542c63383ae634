import type { Connection } from '../connections/connection.ts';

/** The part of the backplane that subscribes this gateway to keys; see `Backplane`. */
export interface Channels {
  subscribe(keys: readonly string[]): Promise<void>;
  unsubscribe(key: string): void;
}

/** A key with subscribers here. */
interface Subscribed {
  key: string;
  /** Most keys have one connection here, so a set is created only for the second. */
  connections: Connection | Set<Connection>;
  /** By `performance.now()`, in whole milliseconds. */
  since: number;
}

const none: ReadonlySet<Connection> = new Set();

/**
 * Records which of this gateway's connections are subscribed to which key. Subscribes the backplane
 * to a key with the first connection, and unsubscribes it with the last.
 */
export class SubscriptionTable {
  readonly #channels: Channels;
  readonly #keys = new Map<string, Subscribed>();
  readonly #ofConnection = new Map<Connection, Set<Subscribed>>();
  /** Keys that the backplane does not deliver yet. */
  readonly #reaching = new Map<string, Promise<void>>();
  readonly #gone = new WeakSet<Connection>();
  #onUnsubscribed: (key: string) => void = () => undefined;
  #onRemoved: (connection: Connection, key: string) => void = () => undefined;

  constructor(channels: Channels) {
    this.#channels = channels;
  }

  /** Called when the last connection unsubscribes from a key. */
  onUnsubscribed(callback: (key: string) => void): void {
    this.#onUnsubscribed = callback;
  }

  /** Called when a connection unsubscribes from a key. */
  onRemoved(callback: (connection: Connection, key: string) => void): void {
    this.#onRemoved = callback;
  }

  /**
   * Takes effect here at once. Resolves when messages from other gateways for the key arrive here.
   */
  add(connection: Connection, key: string): Promise<void> {
    return this.addAll(connection, [key]);
  }

  /** As `add`. New keys cost one subscription of the backplane together. */
  async addAll(connection: Connection, keys: readonly string[]): Promise<void> {
    // A request made before the connection closed may finish after it.
    if (keys.length === 0 || this.#gone.has(connection)) return;
    this.#reach(keys.filter((key) => !this.#keys.has(key)));
    const since = Math.round(performance.now());
    const own = this.#ofConnection.get(connection) ?? new Set();
    this.#ofConnection.set(connection, own);
    for (const key of keys) {
      const subscribed = this.#keys.get(key) ?? { key, connections: connection, since };
      this.#keys.set(key, subscribed);
      own.add(subscribed);
      const { connections } = subscribed;
      if (connections instanceof Set) connections.add(connection);
      else if (connections !== connection) subscribed.connections = new Set([connections, connection]);
    }
    await Promise.all(new Set(keys.flatMap((key) => this.#reaching.get(key) ?? [])));
  }

  #reach(fresh: readonly string[]): void {
    if (fresh.length === 0) return;
    const reached = this.#channels.subscribe(fresh).finally(() => {
      for (const key of fresh) if (this.#reaching.get(key) === reached) this.#reaching.delete(key);
    });
    for (const key of fresh) this.#reaching.set(key, reached);
  }

  /** Answers whether the connection was subscribed. */
  remove(connection: Connection, key: string): boolean {
    const subscribed = this.#keys.get(key);
    if (!subscribed || !this.isSubscribed(connection, key)) return false;
    const own = this.#ofConnection.get(connection);
    own?.delete(subscribed);
    if (own?.size === 0) this.#ofConnection.delete(connection);
    this.#onRemoved(connection, key);
    const { connections } = subscribed;
    if (connections instanceof Set && connections.delete(connection) && connections.size > 0) return true;
    this.#keys.delete(key);
    this.#reaching.delete(key);
    this.#channels.unsubscribe(key);
    this.#onUnsubscribed(key);
    return true;
  }

  /** Ends all subscriptions of a closed connection, and accepts no new ones. */
  removeAll(connection: Connection): void {
    this.#gone.add(connection);
    for (const key of this.keysOf(connection)) this.remove(connection, key);
  }

  isSubscribed(connection: Connection, key: string): boolean {
    const connections = this.#keys.get(key)?.connections;
    return connections instanceof Set ? connections.has(connection) : connections === connection;
  }

  hasSubscribers(key: string): boolean {
    return this.#keys.has(key);
  }

  at(key: string): ReadonlySet<Connection> {
    const connections = this.#keys.get(key)?.connections;
    if (connections === undefined) return none;
    return connections instanceof Set ? connections : new Set([connections]);
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
    return [...(this.#ofConnection.get(connection) ?? [])].map(({ key }) => key);
  }

  countOf(connection: Connection): number {
    return this.#ofConnection.get(connection)?.size ?? 0;
  }
}
