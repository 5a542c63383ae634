import { id as idSchema } from '@parley/contracts';
import { AppError } from '@parley/errors';

/** Where a page ended: the sort key of its last row, with the id as tie-breaker. */
export interface Position {
  key: string;
  id: string;
}

export const encodeCursor = ({ key, id }: Position): string =>
  Buffer.from(JSON.stringify([key, id])).toString('base64url');

/** @throws AppError `validation_failed` for a cursor that we did not issue */
export function decodeCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  const [key, id] = parse(cursor);
  if (
    typeof key === 'string' &&
    typeof id === 'string' &&
    idSchema.safeParse(id).data === id &&
    !key.includes('\u0000') &&
    key.isWellFormed()
  )
    return { key, id };
  throw unknownCursor();
}

/** A position in chronological order. */
export interface Moment {
  at: Date;
  id: string;
}

export const momentOf = (time: string, id: string): Position => ({ key: String(Date.parse(time)), id });

/** @throws AppError `validation_failed` for a cursor that we did not issue */
export function decodeMoment(cursor: string | undefined): Moment | undefined {
  const position = decodeCursor(cursor);
  if (position === undefined) return undefined;
  if (!/^\d{1,13}$/.test(position.key)) throw unknownCursor();
  return { at: new Date(Number(position.key)), id: position.id };
}

const unknownCursor = () =>
  new AppError('validation_failed', {
    fields: [{ field: 'cursor', message: 'must be a cursor from an earlier page' }],
  });

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Builds a page from rows that were queried with one extra, which shows whether there are more. */
export function pageOf<R>(
  rows: readonly R[],
  limit: number,
  position: (row: R) => Position,
): { rows: R[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: last && rows.length > limit ? encodeCursor(position(last)) : null };
}
