import type { Connection } from '../connections/connection.ts';

/** Records what keys do before they do it, and keeps the order of each connection's events. */
export class RecordedActions {
  readonly #last = new WeakMap<Connection, Promise<unknown>>();

  /** Starts `record` at once. Runs when it and all earlier ones of the connection have settled. */
  async before<T>(connection: Connection, record: () => Promise<void>, run: () => Promise<T>): Promise<T> {
    const earlier = this.#last.get(connection);
    const own = record();
    this.#last.set(connection, Promise.allSettled([earlier, own]));
    await earlier;
    await own;
    return run();
  }
}
