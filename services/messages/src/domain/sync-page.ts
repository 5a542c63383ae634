/** The bounds of one answer, whatever is asked for. */
export interface SyncBounds {
  rows: number;
  /** Of all rows as JSON, in UTF-16 code units. */
  length: number;
}
/** So an answer stays below a megabyte, and below what a connection may have unsent. */
const usual: SyncBounds = { rows: 1_000, length: 250_000 };

/** A stretch of a room's numbers: what came after `after`, up to `head`. */
export interface SeqRange {
  roomId: string;
  after: number;
  head: number;
}

/** At most `take` rows of a room whose last change came after a number. */
export interface Take {
  roomId: string;
  after: number;
  take: number;
}

interface Changed {
  roomId: string;
  changedSeq: number;
}

/** What is told of a room, and up to which number that is everything. */
export interface RoomPage<Row> {
  rows: Row[];
  upTo: number;
}

/** One bounded answer to questions about many rooms: those that are asked for first are told first. */
export class SyncPage {
  #rows: number;
  #length: number;
  #empty = true;

  constructor({ rows, length }: SyncBounds = usual) {
    this.#rows = rows;
    this.#length = length;
  }

  /** How many rows to fetch of each room (at most `limit`), so that they fit. A room has no more rows than numbers. */
  plan(ranges: readonly SeqRange[], limit: number): Take[] {
    return ranges.flatMap(({ roomId, after, head }) => {
      const take = Math.min(limit, head - after, this.#length > 0 ? this.#rows : 0);
      if (take <= 0) return [];
      this.#rows -= take;
      return [{ roomId, after, take }];
    });
  }

  /** What fits of the rows that were fetched by a plan, in its order. Of rooms that did not come into it nothing is told. */
  fit<Row extends Changed>(
    ranges: readonly SeqRange[],
    plan: readonly Take[],
    fetched: readonly Row[],
  ): Map<string, RoomPage<Row>> {
    const takes = new Map(plan.map(({ roomId, take }) => [roomId, take]));
    const found = new Map<string, Row[]>();
    for (const row of fetched) {
      const rows = found.get(row.roomId);
      if (rows) rows.push(row);
      else found.set(row.roomId, [row]);
    }
    return new Map(
      ranges.map(({ roomId, after, head }) => {
        const candidates = found.get(roomId) ?? [];
        const rows = this.#fitting(candidates);
        // Fewer than were asked for are all there are.
        const all = rows.length === candidates.length && rows.length < (takes.get(roomId) ?? 0);
        return [roomId, { rows, upTo: all ? head : (rows.at(-1)?.changedSeq ?? after) }];
      }),
    );
  }

  /** The first row always fits, so that every page gets further. */
  #fitting<Row>(rows: readonly Row[]): Row[] {
    const fitting: Row[] = [];
    for (const row of rows) {
      this.#length -= JSON.stringify(row).length;
      if (this.#length < 0 && !this.#empty) break;
      this.#empty = false;
      fitting.push(row);
    }
    return fitting;
  }
}
