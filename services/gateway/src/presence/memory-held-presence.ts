import { MemoryPresence } from './memory-presence.ts';
import type { HeldPresenceStore, Person, Seat } from './presence-store.ts';

/** A single gateway's leases end with its process. */
export class MemoryHeldPresence extends MemoryPresence implements HeldPresenceStore {
  hold(seats: readonly Seat[]): Promise<Person[]> {
    return this.renew(seats, Number.POSITIVE_INFINITY);
  }

  async releaseAll<S extends Seat>(seats: readonly S[], graceMs: number): Promise<Map<S, number>> {
    const othersCame = new Map<S, number>();
    for (const seat of seats) {
      const cameAt = await this.release(seat, graceMs);
      if (cameAt !== undefined) othersCame.set(seat, cameAt);
    }
    return othersCame;
  }

  async extend(): Promise<boolean> {
    return true;
  }
}
