import type { Connection } from '../sockets/connection.ts';
import type { Fleet } from './fleet.ts';

interface Heard {
  connections: Set<Connection>;
  /** Resolves when the road brings what is for this key. */
  reached: Promise<void>;
}

const nobody: ReadonlySet<Connection> = new Set();

/** Which of this gateway's connections hear which key. Tells the fleet when the first comes and the last goes. */
export class RoomTable {
  readonly #fleet: Fleet;
  readonly #keys = new Map<string, Heard>();
  readonly #heardBy = new Map<Connection, Set<string>>();
  readonly #gone = new WeakSet<Connection>();
  #onUnheard: (key: string) => void = () => undefined;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** Called when nobody here hears a key any more. */
  onUnheard(callback: (key: string) => void): void {
    this.#onUnheard = callback;
  }

  /** The connection is in the table at once; resolves when what others send to the key arrives here. */
  add(connection: Connection, key: string): Promise<void> {
    // What it asked for while it was here may come too late.
    if (this.#gone.has(connection)) return Promise.resolve();
    const heard = this.#keys.get(key) ?? { connections: new Set(), reached: this.#fleet.hear(key) };
    this.#keys.set(key, heard);
    heard.connections.add(connection);
    const keys = this.#heardBy.get(connection) ?? new Set();
    this.#heardBy.set(connection, keys.add(key));
    return heard.reached;
  }

  /** Answers whether it did hear that key. */
  remove(connection: Connection, key: string): boolean {
    const heard = this.#keys.get(key);
    if (!heard?.connections.delete(connection)) return false;
    const keys = this.#heardBy.get(connection);
    keys?.delete(key);
    if (keys?.size === 0) this.#heardBy.delete(connection);
    if (heard.connections.size === 0) {
      this.#keys.delete(key);
      this.#fleet.unhear(key);
      this.#onUnheard(key);
    }
    return true;
  }

  /** It has ended: from now on it hears nothing. */
  removeAll(connection: Connection): void {
    this.#gone.add(connection);
    for (const key of this.keysOf(connection)) this.remove(connection, key);
  }

  hears(connection: Connection, key: string): boolean {
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
    return [...(this.#heardBy.get(connection) ?? [])];
  }

  countOf(connection: Connection): number {
    return this.#heardBy.get(connection)?.size ?? 0;
  }
}
