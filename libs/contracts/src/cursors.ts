// A cursor is where a page ended, in one of two formats: an opaque one, and the inbox's, which its
// contract describes. Clients keep cursors, so neither format changes.
import { validationFailed } from '@parley/errors';
import { z } from 'zod';
import { id as idSchema } from './schemas/common.ts';

/** Where a page ended: the sort key of its last row, with the id as tie-breaker. */
export interface PagePosition {
  key: string;
  id: string;
}

export const encodeCursor = ({ key, id }: PagePosition): string =>
  Buffer.from(JSON.stringify([key, id])).toString('base64url');

/** @throws AppError `validation_failed` for a cursor that we did not issue */
export function decodeCursor(cursor: string | undefined): PagePosition | undefined {
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

export const momentOf = (time: string, id: string): PagePosition => ({ key: String(Date.parse(time)), id });

/** @throws AppError `validation_failed` for a cursor that we did not issue */
export function decodeMoment(cursor: string | undefined): Moment | undefined {
  const position = decodeCursor(cursor);
  if (position === undefined) return undefined;
  if (!/^\d{1,13}$/.test(position.key)) throw unknownCursor();
  return { at: new Date(Number(position.key)), id: position.id };
}

const unknownCursor = () =>
  validationFailed({
    field: 'cursor',
    message: 'must be a cursor from an earlier page',
    reason: 'invalid',
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
  position: (row: R) => PagePosition,
): { rows: R[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: last && rows.length > limit ? encodeCursor(position(last)) : null };
}

/** A cursor of the inbox: the time of a row's last change in milliseconds, and its id. */
export const inboxCursor = z
  .string()
  .regex(/^\d{1,15}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be the nextCursor of a page');

export const encodeInboxCursor = ({ at, id }: Moment): string => `${at.getTime()}_${id}`;

/** @param cursor in the format of `inboxCursor`, which the contract has validated */
export function decodeInboxCursor(cursor: string): Moment {
  const [time = '', id = ''] = cursor.split('_');
  return { at: new Date(Number(time)), id };
}
