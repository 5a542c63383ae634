export interface Person {
  userId: string;
  username: string;
}

/** One connection of a user, as counted by presence. */
export interface Seat extends Person {
  connectionId: string;
}

/** A user who went offline. */
export interface Gone extends Person {
  /**
   * When the last lease ended, in milliseconds since the epoch, if it was not released: its gateway
   * is gone, or its client has not come back within the grace period.
   */
  lapsedAt?: number | undefined;
}

/**
 * Records who is online: users with a connection whose lease has not expired. `RedisPresence`
 * serves several gateways and `MemoryPresence` a single one; `tests/presence-contract.ts` runs
 * against both. Operations are atomic per user. All may reject while the store is away; the next
 * `renew` repairs what was lost.
 */
export interface PresenceStore {
  /**
   * Starts or extends the lease of each connection. Answers the users who came online, that is, had
   * no connection before. Each is reported to one caller only.
   */
  renew(seats: readonly Seat[], leaseMs: number): Promise<Person[]>;

  /**
   * Shortens the lease of a closed connection to `graceMs`. Never extends it. Answers when the
   * user's latest connection came, in milliseconds since the epoch, if the user has another one.
   */
  release(seat: Seat, graceMs: number): Promise<number | undefined>;

  /** Answers which of these users are online. */
  online(userIds: readonly string[]): Promise<Set<string>>;

  /**
   * Removes expired leases. Answers the users who went offline because their last lease expired.
   * Each is reported to one caller only.
   * @param near checks only the parts of the store that hold these users
   */
  takeExpired(near?: readonly string[]): Promise<Gone[]>;
}

/**
 * A presence store with one lease per gateway, under which it holds any number of connections.
 * Extending it costs the same whatever it holds. When it ends, all of them expire as if each lease
 * had ended then. `RedisHeldPresence` serves several gateways and `MemoryHeldPresence` a single
 * one; `tests/held-presence.test.ts` runs against both.
 */
export interface HeldPresenceStore extends Omit<PresenceStore, 'renew'> {
  /**
   * As `PresenceStore.release`, of many connections. Answers those whose user has another one, with
   * the time when the latest came.
   */
  releaseAll<S extends Seat>(seats: readonly S[], graceMs: number): Promise<Map<S, number>>;

  /** As `PresenceStore.renew`, under the gateway's lease, which it extends too. */
  hold(seats: readonly Seat[], leaseMs: number): Promise<Person[]>;

  /**
   * Extends the gateway's lease. Answers false if everything must be held again: some of it may be
   * lost, because the lease had ended or the store has lost its data, or the store asks for it.
   */
  extend(leaseMs: number): Promise<boolean>;
}
