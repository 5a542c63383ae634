import type { Connection } from '../connections/connection.ts';

/**
 * Keeps the messages of a connection to one room or user in the order in which they were sent. The
 * first may wait for the room or the membership to be looked up. An event that arrives then may
 * spare the later ones the question, and they would overtake it.
 */
export class SendOrder {
  readonly #last = new WeakMap<Connection, Map<string, Promise<unknown>>>();

  /** Starts `prepare` at once. Settles like it, but after all earlier ones for this target. */
  async prepared<T>(connection: Connection, target: string, prepare: () => Promise<T>): Promise<T> {
    const targets = this.#last.get(connection) ?? new Map<string, Promise<unknown>>();
    this.#last.set(connection, targets);
    const earlier = targets.get(target);
    const own = prepare();
    const turn = Promise.allSettled([earlier, own]);
    targets.set(target, turn);
    await turn;
    if (targets.get(target) === turn) targets.delete(target);
    return own;
  }
}
