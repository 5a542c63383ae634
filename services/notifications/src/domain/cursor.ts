/** Where a page ends: rows are ordered by their last change, then by id. */
export interface Cursor {
  updatedAt: Date;
  id: string;
}

export const writeCursor = ({ updatedAt, id }: Cursor): string => `${updatedAt.getTime()}_${id}`;

/** The contract has checked its shape. */
export function readCursor(text: string): Cursor {
  const [time = '', id = ''] = text.split('_');
  return { updatedAt: new Date(Number(time)), id };
}
