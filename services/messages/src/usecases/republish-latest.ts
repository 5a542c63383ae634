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
 * More than are stored and not yet told to everybody when a process ends. The slowest to hear are inboxes: what came while their last batch was written and the
 * next one was waited for, under half a second's; one process stores 8,000 a second at most where that was measured (deploy/bench).
 */
const latest = 5_000;

/**
 * On a bus that forgets with its process, what was stored just before a crash may not have been told to everybody (an inbox, say). So the latest
 * rows are told again at the start; who knows them recognises their numbers.
 */
export class RepublishLatest {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Never rejects: without it, at worst a notification is missing. */
  async run(): Promise<void> {
    try {
      await this.#publish(await this.#changes());
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'the latest changes could not be told again');
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
