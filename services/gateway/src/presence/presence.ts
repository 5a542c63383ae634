import type { Logger } from '@parley/runtime';
import type { Connection } from '../sockets/connection.ts';
import type { Announcer } from './announcer.ts';
import type { PresenceStore, Seat } from './presence-store.ts';

const sweepEveryMs = 1_000;

export interface PresenceOptions {
  store: PresenceStore;
  announcer: Announcer;
  leaseMs: number;
  graceMs: number;
  logger: Logger;
}

/**
 * Keeps the leases of this gateway's connections, and notices whose have run out, on whatever gateway they were. While the store is away nothing is said
 * about anybody; the renewals after it has come back put it right.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #seats = new Map<Connection, Seat>();
  readonly #timers: NodeJS.Timeout[];
  #renewing = false;
  #sweeping = false;
  #reachable = true;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#timers = [setInterval(() => void this.#renewAll(), options.leaseMs / 3), setInterval(() => void this.#sweep(), sweepEveryMs)];
    for (const timer of this.#timers) timer.unref();
  }

  open(connection: Connection): void {
    const { userId, username } = connection.caller;
    const seat = { userId, username, connectionId: connection.id };
    this.#seats.set(connection, seat);
    void this.#try(() => this.#renew([seat]));
  }

  close(connection: Connection): void {
    const seat = this.#seats.get(connection);
    if (!seat) return;
    this.#seats.delete(connection);
    void this.#try(() => this.#options.store.release(seat, this.#options.graceMs));
  }

  /** While the store is away: those with a connection here. */
  async online(userIds: readonly string[]): Promise<Set<string>> {
    const found = await this.#try(() => this.#options.store.online(userIds));
    if (found) return found;
    const here = new Set([...this.#seats.values()].map((seat) => seat.userId));
    return new Set(userIds.filter((userId) => here.has(userId)));
  }

  /** The connections may be released after this; the leases of those that are not run out. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#options.announcer.stop();
  }

  async #renewAll(): Promise<void> {
    if (this.#renewing || this.#seats.size === 0) return;
    this.#renewing = true;
    await this.#try(() => this.#renew([...this.#seats.values()]));
    this.#renewing = false;
  }

  async #renew(seats: readonly Seat[]): Promise<void> {
    const came = await this.#options.store.renew(seats, this.#options.leaseMs);
    for (const person of came) this.#options.announcer.announce(person, 'online');
  }

  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const gone = await this.#try(() => this.#options.store.takeExpired());
    for (const person of gone ?? []) this.#options.announcer.announce(person, 'offline');
    this.#sweeping = false;
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.#reachable = true;
      return result;
    } catch (error) {
      // Once per outage, not once per connection.
      if (this.#reachable) this.#options.logger.warn({ err: error }, 'presence has to wait');
      this.#reachable = false;
      return undefined;
    }
  }
}
