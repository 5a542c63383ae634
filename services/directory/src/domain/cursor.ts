import { id as idSchema } from '@parley/contracts';
import { AppError } from '@parley/errors';

/** Where a page ended: the sort key of its last row, and its id to tell equals apart. */
export interface Position {
  key: string;
  id: string;
}

export const encodeCursor = ({ key, id }: Position): string =>
  Buffer.from(JSON.stringify([key, id])).toString('base64url');

/** @throws AppError `validation_failed` for what we did not make */
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
  throw notGivenOut();
}

/** A position in the order of time. */
export interface Moment {
  at: Date;
  id: string;
}

export const momentOf = (time: string, id: string): Position => ({ key: String(Date.parse(time)), id });

/** @throws AppError `validation_failed` for what we did not make */
export function decodeMoment(cursor: string | undefined): Moment | undefined {
  const position = decodeCursor(cursor);
  if (position === undefined) return undefined;
  if (!/^\d{1,13}$/.test(position.key)) throw notGivenOut();
  return { at: new Date(Number(position.key)), id: position.id };
}

const notGivenOut = () =>
  new AppError('validation_failed', {
    fields: [{ field: 'cursor', message: 'is not one that was given out' }],
  });

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** A page out of rows that were asked for with one too many, to see whether there are more. */
export function pageOf<R>(
  rows: readonly R[],
  limit: number,
  position: (row: R) => Position,
): { rows: R[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: last && rows.length > limit ? encodeCursor(position(last)) : null };
}
