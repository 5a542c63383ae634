import type { Clock } from '@parley/runtime';
import type { Person, PresenceStore, Seat } from './presence-store.ts';

interface Entry {
  person: Person;
  /** Connection → when its lease ends. */
  leases: Map<string, number>;
}

export class MemoryPresence implements PresenceStore {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async renew(seats: readonly Seat[], leaseMs: number): Promise<Person[]> {
    const end = this.#clock() + leaseMs;
    return seats.flatMap(({ userId, username, connectionId }) => {
      const entry = this.#entries.get(userId);
      if (entry) {
        entry.leases.set(connectionId, end);
        return [];
      }
      const person = { userId, username };
      this.#entries.set(userId, { person, leases: new Map([[connectionId, end]]) });
      return [person];
    });
  }

  async release({ userId, connectionId }: Seat, graceMs: number): Promise<void> {
    const leases = this.#entries.get(userId)?.leases;
    const end = leases?.get(connectionId);
    if (end !== undefined) leases?.set(connectionId, Math.min(end, this.#clock() + graceMs));
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    return new Set(userIds.filter((userId) => this.#entries.has(userId)));
  }

  async takeExpired(): Promise<Person[]> {
    const now = this.#clock();
    const gone: Person[] = [];
    for (const [userId, { person, leases }] of this.#entries) {
      for (const [connectionId, end] of leases) if (end <= now) leases.delete(connectionId);
      if (leases.size > 0) continue;
      this.#entries.delete(userId);
      gone.push(person);
    }
    return gone;
  }
}
