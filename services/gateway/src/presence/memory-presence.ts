import type { Clock } from '@parley/runtime';
import type { Gone, Person, PresenceStore, Seat } from './presence-store.ts';

interface Entry {
  person: Person;
  /** Connection → when its lease ends. */
  leases: Map<string, number>;
  /** When the latest connection came. */
  latest: number;
}

/** The end of a released lease. */
const released = 0;

export class MemoryPresence implements PresenceStore {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async renew(seats: readonly Seat[], leaseMs: number): Promise<Person[]> {
    const now = this.#clock();
    const end = now + leaseMs;
    return seats.flatMap(({ userId, username, connectionId }) => {
      const entry = this.#entries.get(userId);
      if (entry) {
        if (!entry.leases.has(connectionId)) entry.latest = now;
        entry.leases.set(connectionId, end);
        return [];
      }
      const person = { userId, username };
      this.#entries.set(userId, { person, leases: new Map([[connectionId, end]]), latest: now });
      return [person];
    });
  }

  async release({ userId, connectionId }: Seat, graceMs: number): Promise<number | undefined> {
    const entry = this.#entries.get(userId);
    if (!entry) return undefined;
    const { leases, latest } = entry;
    const end = graceMs > 0 ? this.#clock() + graceMs : released;
    const before = leases.get(connectionId);
    if (before !== undefined) leases.set(connectionId, Math.min(before, end));
    return leases.size > 1 ? latest : undefined;
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    return new Set(userIds.filter((userId) => this.#entries.has(userId)));
  }

  async takeExpired(near: Iterable<string> = this.#entries.keys()): Promise<Gone[]> {
    const now = this.#clock();
    const gone: Gone[] = [];
    for (const userId of near) {
      const entry = this.#entries.get(userId);
      if (!entry) continue;
      const { person, leases } = entry;
      let last = released;
      for (const [connectionId, end] of leases)
        if (end <= now) {
          leases.delete(connectionId);
          last = Math.max(last, end);
        }
      if (leases.size > 0) continue;
      this.#entries.delete(userId);
      gone.push(last === released ? person : { ...person, lapsedAt: last });
    }
    return gone;
  }
}
