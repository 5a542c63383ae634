import type { Clock } from '@parley/runtime';
import type { HeldPresenceStore, Person, Seat } from './presence-store.ts';

/**
 * This gateway's seats in the store, under one lease. The next renewal repeats what could not be
 * stored or released. Every method rejects while the store is away.
 */
export class HeldSeats<S extends Seat> {
  readonly #store: HeldPresenceStore;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  /** When the lease of a stored seat ends, if nothing has extended it since it was stored. */
  readonly #leasedUntil = new WeakMap<S, number>();
  /** When the lease ends everywhere, according to the last renewal that succeeded. */
  #extendedUntil = 0;
  readonly #unstored = new Set<S>();
  /** Seats that could not be released → their grace. The lease would go on for them. */
  readonly #unreleased = new Map<S, number>();
  /** Everything must be stored again. */
  #isStale = false;

  constructor(deps: { store: HeldPresenceStore; leaseMs: number; clock: Clock }) {
    this.#store = deps.store;
    this.#leaseMs = deps.leaseMs;
    this.#clock = deps.clock;
  }

  /** Answers the users who came. */
  async hold(seats: readonly S[]): Promise<Person[]> {
    for (const seat of seats) if (!this.#leasedUntil.has(seat)) this.#unstored.add(seat);
    return seats.length === 0 ? [] : this.#hold(seats);
  }

  /**
   * Extends the lease, and stores what is missing in the store.
   * @param all every seat
   */
  async renew(all: () => readonly S[]): Promise<Person[]> {
    const until = this.#clock() + this.#leaseMs;
    if (!(await this.#store.extend(this.#leaseMs))) this.#isStale = true;
    for (const graceMs of new Set(this.#unreleased.values()))
      await this.release(
        [...this.#unreleased].flatMap(([seat, its]) => (its === graceMs ? [seat] : [])),
        graceMs,
      );
    const came = await this.hold(this.#isStale ? all() : [...this.#unstored]);
    this.#isStale = false;
    this.#extendedUntil = until;
    return came;
  }

  /** See `HeldPresenceStore.releaseAll`. */
  async release(seats: readonly S[], graceMs: number): Promise<Map<S, number>> {
    for (const seat of seats) {
      this.#unstored.delete(seat);
      this.#unreleased.set(seat, graceMs);
    }
    const othersCame = await this.#store.releaseAll(seats, graceMs);
    for (const seat of seats) this.#unreleased.delete(seat);
    return othersCame;
  }

  async #hold(seats: readonly S[]): Promise<Person[]> {
    this.#keep(seats);
    const now = this.#clock();
    // A user with a valid lease comes anew only if the store lost its data. Their departure was
    // never announced.
    const remembered = new Set(seats.flatMap((seat) => (this.#endOf(seat) > now ? [seat.userId] : [])));
    const came = await this.#store.hold(seats, this.#leaseMs);
    for (const seat of seats) {
      this.#leasedUntil.set(seat, now + this.#leaseMs);
      this.#unstored.delete(seat);
    }
    return came.filter(({ userId }) => !remembered.has(userId));
  }

  /** A connection that is back must not be released afterwards. */
  #keep(seats: readonly S[]): void {
    if (this.#unreleased.size === 0) return;
    const kept = new Set(seats.map(entryOf));
    for (const seat of this.#unreleased.keys()) if (kept.has(entryOf(seat))) this.#unreleased.delete(seat);
  }

  /** 0 for a seat that was never stored. */
  #endOf(seat: S): number {
    const stored = this.#leasedUntil.get(seat);
    return stored === undefined ? 0 : Math.max(stored, this.#extendedUntil);
  }
}

/** Seats of the same user and connection are one entry in the store. */
const entryOf = ({ userId, connectionId }: Seat): string => `${userId} ${connectionId}`;
