import type { Bus } from '@parley/bus';
import { type Change, makeEvent } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { Clock, Logger } from '@parley/runtime';
import { toCreation } from '../domain/timeline-row.ts';
import type { RoomStore } from '../stores/room-store.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';

interface Deps {
  db: Database;
  bus: Bus;
  timeline: TimelineStore;
  rooms: RoomStore;
  newId: () => string;
  clock: Clock;
  logger: Logger;
}

/**
 * More rows than can be stored but not yet consumed when a process ends. Notifications lag most, by
 * less than half a second. One process stores at most 8,000 rows a second (measured in
 * deploy/bench).
 */
const latest = 5_000;

/**
 * Publishes the latest rows again at startup. On a bus that loses its events with the process, a
 * crash may have kept them from some consumers. Consumers recognise rows they know by their
 * numbers.
 */
export class RepublishLatest {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Never rejects: at worst, a notification is missing. */
  async run(): Promise<void> {
    try {
      await this.#publish(await this.#changes());
    } catch (error) {
      this.#deps.logger.warn(
        { err: error },
        'latest changes could not be republished; some notifications may be missing',
      );
    }
  }

  async #changes(): Promise<Change[]> {
    const { db, timeline, rooms } = this.#deps;
    const rows = (await timeline.latest(db, latest)).filter((row) => row.deletedAt === null);
    const standings = await rooms.standings(
      db,
      rows.map((row) => ({ roomId: row.roomId, userId: row.senderId })),
    );
    return rows.map((row, index) => toCreation(row, standings[index]?.people ?? null));
  }

  async #publish(changes: readonly Change[]): Promise<void> {
    const { bus, newId, clock } = this.#deps;
    const partitions = new Map<number, Change[]>();
    for (const change of changes) {
      const partition = bus.partitionOf('timeline', change.roomId);
      partitions.set(partition, [...(partitions.get(partition) ?? []), change]);
    }
    const publications = [...partitions].map(([partition, of]) =>
      bus.publish(
        'timeline',
        partition,
        makeEvent('timeline.changed', { changes: of }, { id: newId(), now: clock() }),
      ),
    );
    await Promise.all(publications);
  }
}
