/** How candidates are found. */
export type Plan =
  /** By the words' entries in the index, then those of the rooms. */
  | 'index'
  /** By reading each room from its newest message, for words that are in many messages. */
  | 'walk';

/** A room whose latest changes are not in the index yet. */
export interface Lag {
  roomId: string;
  /** The index contains its changes up to this one. */
  through: number;
  /** An upper bound of the changed messages that it does not contain. */
  changes: number;
}

/** Reading posting lists costs less than reading rows. */
const postingCost = 0.3;

/**
 * Chooses the plan that reads fewer rows.
 * @param frequency estimated part of all messages that have the words
 * @param total messages of all rooms
 * @param rooms messages of each searched room, at most
 * @param limit candidates to find
 */
export function choosePlan(estimate: {
  frequency: number;
  total: number;
  rooms: readonly number[];
  limit: number;
}): Plan {
  const { frequency, total, rooms, limit } = estimate;
  const searched = rooms.reduce((sum, rows) => sum + rows, 0);
  const found = frequency * total;
  // One room has a term of its own, so only its rows are read.
  const index = rooms.length === 1 ? postingCost * Math.min(found, searched) + frequency * searched : found;
  const perRoom = frequency > 0 ? limit / frequency : Number.POSITIVE_INFINITY;
  const walk = rooms.reduce((sum, rows) => sum + Math.min(rows, perRoom), 0);
  return walk < index ? 'walk' : 'index';
}

/**
 * Divides the rows that may be scanned directly among rooms: rooms with few changes are scanned
 * completely, the others equally, from their newest change.
 */
export function shareScan(lags: readonly Lag[], rows: number): (Lag & { take: number })[] {
  let left = rows;
  const ascending = [...lags].sort((a, b) => a.changes - b.changes);
  return ascending.map((lag, index) => {
    const take = Math.min(lag.changes, Math.floor(left / (ascending.length - index)));
    left -= take;
    return { ...lag, take };
  });
}
