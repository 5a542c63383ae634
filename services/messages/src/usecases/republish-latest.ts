import { type Change, makeEvent } from '@parley/contracts';
import { toCreation } from '../domain/timeline-row.ts';
import { knownStandings } from '../stores/rooms.ts';
import { latestRows } from '../stores/timeline.ts';
import type { Context } from './context.ts';

/**
 * More rows than can be stored but not yet consumed when a process ends. Notifications lag most, by
 * less than half a second. One process stores at most 8,000 rows a second (measured in
 * deploy/bench).
 */
const latest = 5_000;

/**
 * Publishes the latest rows again at startup. On a bus that loses its events with the process, a
 * crash may have kept them from some consumers. Consumers recognise rows they know by their
 * numbers. Never rejects: at worst, a notification is missing.
 */
export async function republishLatest(context: Context): Promise<void> {
  try {
    await publish(context, await latestChanges(context));
  } catch (error) {
    context.logger.warn(
      { err: error },
      'latest changes could not be republished; some notifications may be missing',
    );
  }
}

async function latestChanges({ db }: Context): Promise<Change[]> {
  const rows = (await latestRows(db, latest)).filter((row) => row.deletedAt === null);
  const standings = await knownStandings(
    db,
    rows.map((row) => ({ roomId: row.roomId, userId: row.senderId })),
  );
  return rows.map((row, index) => toCreation(row, standings[index]?.people ?? null));
}

async function publish({ bus, newId, clock }: Context, changes: readonly Change[]): Promise<void> {
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
