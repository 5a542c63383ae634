import type { Backplane } from '../backplane/backplane.ts';
import type { Connection } from '../connections/connection.ts';

interface Subscribers {
  connections: Set<Connection>;
  /** Resolves when the road brings what is for this key. */
  reached: Promise<void>;
}

const nobody: ReadonlySet<Connection> = new Set();

/** Which of this gateway's connections hear which key. Tells the fleet when the first comes and the last goes. */
export class SubscriptionTable {
  readonly #backplane: Backplane;
  readonly #keys = new Map<string, Subscribers>();
  readonly #keysByConnection = new Map<Connection, Set<string>>();
  readonly #gone = new WeakSet<Connection>();
  #onUnsubscribed: (key: string) => void = () => undefined;

  constructor(backplane: Backplane) {
    this.#backplane = backplane;
  }

  /** Called when nobody here hears a key any more. */
  onUnsubscribed(callback: (key: string) => void): void {
    this.#onUnsubscribed = callback;
  }

  /** The connection is in the table at once; resolves when what others send to the key arrives here. */
  add(connection: Connection, key: string): Promise<void> {
    // What it asked for while it was here may come too late.
    if (this.#gone.has(connection)) return Promise.resolve();
    const subscribers = this.#keys.get(key) ?? {
      connections: new Set(),
      reached: this.#backplane.subscribe(key),
    };
    this.#keys.set(key, subscribers);
    subscribers.connections.add(connection);
    const keys = this.#keysByConnection.get(connection) ?? new Set();
    this.#keysByConnection.set(connection, keys.add(key));
    return subscribers.reached;
  }

  /** Answers whether it did hear that key. */
  remove(connection: Connection, key: string): boolean {
    const subscribers = this.#keys.get(key);
    if (!subscribers?.connections.delete(connection)) return false;
    const keys = this.#keysByConnection.get(connection);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysByConnection.delete(connection);
    if (subscribers.connections.size === 0) {
      this.#keys.delete(key);
      this.#backplane.unsubscribe(key);
      this.#onUnsubscribed(key);
    }
    return true;
  }

  /** It has ended: from now on it hears nothing. */
  removeAll(connection: Connection): void {
    this.#gone.add(connection);
    for (const key of this.keysOf(connection)) this.remove(connection, key);
  }

  isSubscribed(connection: Connection, key: string): boolean {
    return this.at(key).has(connection);
  }

  at(key: string): ReadonlySet<Connection> {
    return this.#keys.get(key)?.connections ?? nobody;
  }

  /** Every key that is heard here. */
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
