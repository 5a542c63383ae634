/** Identifies a batch in the marks that it writes with its changes (`stores/marks.ts`). */
export interface Mark {
  /** This process. */
  writer: string;
  /** The batch's partitions of `submissions`, and an id for the part of each. */
  parts: ReadonlyMap<number, string>;
  /** The partition of each room. */
  rooms: ReadonlyMap<string, number>;
}

/** Numbers of one room: `first <= number <= last`. */
export interface MarkedRange {
  roomId: string;
  first: number;
  last: number;
}

/** Changes that `timeline` may not have received. */
export interface MarkedChanges {
  /** The transaction that wrote them. */
  xid: string;
  /** Of `submissions`, when they were written. */
  partition: number;
  /** Numbers of the room's timeline, or of its receipts. */
  kind: 'timeline' | 'receipts';
  ranges: MarkedRange[];
}

/** One range per room, which covers all of its marks of that kind. */
export function coveringRanges(marks: readonly MarkedChanges[], kind: MarkedChanges['kind']): MarkedRange[] {
  const rooms = new Map<string, MarkedRange>();
  for (const range of marks.flatMap((mark) => (mark.kind === kind ? mark.ranges : []))) {
    const { roomId, first, last } = range;
    const known = rooms.get(roomId) ?? range;
    rooms.set(roomId, { roomId, first: Math.min(first, known.first), last: Math.max(last, known.last) });
  }
  return [...rooms.values()];
}
