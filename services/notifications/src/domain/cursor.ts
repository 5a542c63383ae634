/** The end of a page: rows are ordered by their last change, then by id. */
export interface Cursor {
  updatedAt: Date;
  id: string;
}

export const writeCursor = ({ updatedAt, id }: Cursor): string => `${updatedAt.getTime()}_${id}`;

/** @param text a cursor in the format that the contract has validated */
export function readCursor(text: string): Cursor {
  const [time = '', id = ''] = text.split('_');
  return { updatedAt: new Date(Number(time)), id };
}
