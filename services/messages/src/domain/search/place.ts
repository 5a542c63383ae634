import { decodeCursor, encodeCursor } from '@parley/contracts';
import { validationFailed } from '@parley/errors';

/** Where a message is in the results of a search. They are ordered by it, newest first. */
export interface Place {
  createdAt: Date;
  roomId: string;
  seq: number;
}

/** Before all results. */
export const firstPlace: Place = {
  createdAt: new Date('9999-12-31T00:00:00Z'),
  roomId: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  seq: Number.MAX_SAFE_INTEGER,
};

/** Newest first. */
export function byPlace(a: Place, b: Place): number {
  if (a.createdAt.getTime() !== b.createdAt.getTime()) return b.createdAt.getTime() - a.createdAt.getTime();
  if (a.roomId !== b.roomId) return a.roomId < b.roomId ? 1 : -1;
  return b.seq - a.seq;
}

/** Whether the second comes later in the results. */
export const isAfter = (place: Place, other: Place): boolean => byPlace(place, other) < 0;

/** Results from one source, in order. */
interface FoundPage<Row extends Place> {
  rows: readonly Row[];
  /** Up to where it has all results; null: to the end. */
  next: Place | null;
}

/** The first results of several sources, as far as all of them have theirs. */
export function mergePages<Row extends Place>(
  pages: readonly FoundPage<Row>[],
  limit: number,
): { rows: Row[]; next: Place | null } {
  const [reached = null] = pages.flatMap(({ next }) => next ?? []).sort(byPlace);
  const all = pages.flatMap(({ rows }) => rows).sort(byPlace);
  const results = reached ? all.filter((row) => !isAfter(reached, row)) : all;
  const rows = results.slice(0, limit);
  return { rows, next: results.length > limit ? (rows.at(-1) ?? null) : reached };
}

export const toCursor = ({ createdAt, roomId, seq }: Place): string =>
  encodeCursor({ key: `${createdAt.getTime()}.${seq}`, id: roomId });

/**
 * The place where a page ended; without a cursor, the one before all results.
 * @throws AppError `validation_failed` for a cursor that we did not issue
 */
export function toPlace(cursor: string | undefined): Place {
  const position = decodeCursor(cursor);
  if (!position) return firstPlace;
  const [, time, seq] = /^(\d{1,13})\.(\d{1,15})$/.exec(position.key) ?? [];
  if (time === undefined || seq === undefined)
    throw validationFailed({
      field: 'cursor',
      message: 'must be a cursor from an earlier page',
      reason: 'invalid',
    });
  return { createdAt: new Date(Number(time)), roomId: position.id, seq: Number(seq) };
}
