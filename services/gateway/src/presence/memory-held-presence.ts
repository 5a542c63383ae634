import { MemoryPresence } from './memory-presence.ts';
import type { HeldPresenceStore, Person, Seat } from './presence-store.ts';

/** A single gateway's leases end with its process. */
export class MemoryHeldPresence extends MemoryPresence implements HeldPresenceStore {
  hold(seats: readonly Seat[]): Promise<Person[]> {
    return this.renew(seats, Number.POSITIVE_INFINITY);
  }

  async extend(): Promise<boolean> {
    return true;
  }
}
