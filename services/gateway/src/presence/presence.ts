import type { Clock, Logger } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { Announcer } from './announcer.ts';
import type { Person, PresenceStore, Seat } from './presence-store.ts';

const sweepEveryMs = 1_000;

export interface PresenceOptions {
  store: PresenceStore;
  announcer: Announcer;
  leaseMs: number;
  graceMs: number;
  clock: Clock;
  logger: Logger;
}

/**
 * Renews the leases of this gateway's connections, and announces users whose leases expired on any
 * gateway. Announces nothing while the store is away. The store may come back empty. Every gateway
 * then restores its own connections, including those just closed, so that their departure is
 * noticed.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #seats = new Map<Connection, Seat>();
  /** When our leases end, according to the last successful renewal. */
  readonly #leasedUntil = new WeakMap<Seat, number>();
  /** Seats in their grace period → its end. Kept while the store is away. */
  readonly #leaving = new Map<Seat, number>();
  readonly #timers: NodeJS.Timeout[];
  #renewing = false;
  #sweeping = false;
  #reachable = true;
  /** The store was away and may have lost everything. */
  #wasAway = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#timers = [
      setInterval(() => void this.#renewAll(), options.leaseMs / 3),
      setInterval(() => void this.#sweep(), sweepEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  open(connection: Connection): void {
    const { userId, username } = connection.caller;
    const seat = { userId, username, connectionId: connection.id };
    this.#seats.set(connection, seat);
    void this.#try(async () => this.#announceOnline(await this.#renew([seat])));
  }

  /** @param graceMs how long the user stays online, unless another connection remains */
  close(connection: Connection, graceMs = this.#options.graceMs): void {
    const seat = this.#seats.get(connection);
    if (!seat) return;
    this.#seats.delete(connection);
    this.#leaving.set(seat, this.#options.clock() + this.#options.graceMs);
    void this.#try(() => this.#options.store.release(seat, graceMs));
  }

  /** Answers which users are online. While the store is away, only users connected here count. */
  async online(userIds: readonly string[]): Promise<Set<string>> {
    const found = await this.#try(() => this.#options.store.online(userIds));
    if (found) return found;
    const here = new Set([...this.#seats.values()].map((seat) => seat.userId));
    return new Set(userIds.filter((userId) => here.has(userId)));
  }

  /** Called when the store reconnects. It may have lost its data even if no call failed here. */
  storeIsBack(): void {
    this.#wasAway = true;
  }

  /** Stops renewing. Leases of connections that are not released expire. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#options.announcer.stop();
  }

  async #renewAll(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    await this.#try(async () => {
      const now = this.#options.clock();
      const seats = [...this.#seats.values()];
      const remembered = new Set(
        seats.flatMap((seat) => ((this.#leasedUntil.get(seat) ?? 0) > now ? [seat.userId] : [])),
      );
      const came = await this.#renew(seats);
      // A user connected here throughout comes online only if the store lost its data. Their
      // departure was never announced.
      if (came.length > 0 || this.#wasAway) await this.#bringBack();
      this.#announceOnline(came.filter(({ userId }) => !remembered.has(userId)));
    });
    this.#renewing = false;
  }

  async #renew(seats: readonly Seat[]): Promise<Person[]> {
    const { store, leaseMs, clock } = this.#options;
    const until = clock() + leaseMs;
    const came = await store.renew(seats, leaseMs);
    for (const seat of seats) this.#leasedUntil.set(seat, until);
    return came;
  }

  async #bringBack(): Promise<void> {
    this.#options.announcer.settle();
    await this.#options.store.renew([...this.#leaving.keys()], this.#options.graceMs);
    this.#wasAway = false;
  }

  #announceOnline(people: readonly Person[]): void {
    for (const person of people) this.#options.announcer.announce(person, 'online');
  }

  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const gone = await this.#try(() => this.#options.store.takeExpired());
    for (const person of gone ?? []) this.#options.announcer.announce(person, 'offline');
    if (!this.#wasAway) this.#forgetGone();
    this.#sweeping = false;
  }

  #forgetGone(): void {
    const now = this.#options.clock();
    // Ordered by departure, because the grace period is the same for all.
    for (const [seat, end] of this.#leaving) {
      if (end > now) break;
      this.#leaving.delete(seat);
    }
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      if (!this.#reachable) this.#options.announcer.settle();
      this.#reachable = true;
      return result;
    } catch (error) {
      // Once per outage, not per connection.
      if (this.#reachable)
        this.#options.logger.warn({ err: error }, 'presence store unavailable; statuses are delayed');
      this.#reachable = false;
      this.#wasAway = true;
      return undefined;
    }
  }
}
