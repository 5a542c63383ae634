export interface Person {
  userId: string;
  username: string;
}

/** One connection of a person, as presence counts it. */
export interface Seat extends Person {
  connectionId: string;
}

/**
 * Who is online: who has a connection whose lease has not run out. Two implementations: `RedisPresence` for a fleet, `MemoryPresence` for a gateway on its
 * own; `tests/presence-contract.ts` runs on both. Every operation is atomic per user. All may reject while the store is away; what did not get
 * there is put right by the next `renew`.
 */
export interface PresenceStore {
  /**
   * Gives each connection a lease from now, whether or not it has one. Answers those who came online by that: who had no connection before,
   * each told to one caller only.
   */
  renew(seats: readonly Seat[], leaseMs: number): Promise<Person[]>;

  /** The connection has closed: its lease ends after `graceMs`, unless that would be later than it ends anyway. */
  release(seat: Seat, graceMs: number): Promise<void>;

  /** Which of these are online. */
  online(userIds: readonly string[]): Promise<Set<string>>;

  /** Ends the leases that have run out. Answers those whose last one that was: who went offline, each told to one caller only. */
  takeExpired(): Promise<Person[]>;
}
