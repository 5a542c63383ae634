import type { Connection } from '../connections/connection.ts';

/**
 * The joins of connections that have not been answered. Clients send the events of a room right
 * after `join_room`, without waiting for its answer: a message that overtook the join would not be
 * delivered to its sender.
 */
export class PendingJoins {
  readonly #pending = new WeakMap<Connection, Map<string, Promise<unknown>>>();

  /** Notes a join until it is answered. */
  add(connection: Connection, roomId: string, join: Promise<unknown>): void {
    const joins = this.#pending.get(connection) ?? new Map<string, Promise<unknown>>();
    this.#pending.set(connection, joins);
    const settled = join.then(
      () => undefined,
      () => undefined,
    );
    joins.set(roomId, settled);
    void settled.then(() => {
      if (joins.get(roomId) === settled) joins.delete(roomId);
    });
  }

  /** Runs at once, unless a join of that room is pending: then, once it is answered. */
  after<T>(connection: Connection, roomId: string, run: () => Promise<T>): Promise<T> {
    const join = this.#pending.get(connection)?.get(roomId);
    return join === undefined ? run() : join.then(run);
  }
}
