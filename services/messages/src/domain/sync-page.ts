/** Bounds of one answer. */
interface SyncBounds {
  rows: number;
  bytes: number;
}
/** Keeps an answer below a megabyte and below the unsent bytes that a connection may have. */
const defaultBounds: SyncBounds = { rows: 1_000, bytes: 750_000 };

/** The numbers of a room after `after`, up to and including `head`. */
export interface SeqRange {
  roomId: string;
  after: number;
  head: number;
}

/** Asks for at most `take` rows of a room whose last change came after `after`. */
interface Take {
  roomId: string;
  after: number;
  take: number;
}

interface Changed {
  roomId: string;
  changedSeq: number;
}

/** Rows of a room, complete up to the number `upTo`. */
export interface RoomPage<Row> {
  rows: Row[];
  upTo: number;
}

/** One bounded answer about many rooms, filled in the order of the request. */
export class SyncPage {
  #rows: number;
  #bytes: number;
  #empty = true;

  /** @param share how many pages share the bounds of an answer. @default 1 */
  constructor(share = 1, { rows, bytes }: SyncBounds = defaultBounds) {
    this.#rows = Math.ceil(rows / share);
    this.#bytes = Math.ceil(bytes / share);
  }

  /**
   * Decides how many rows to fetch from each room (at most `limit`) so that they fit. A room has no
   * more rows than numbers.
   */
  plan(ranges: readonly SeqRange[], limit: number): Take[] {
    return ranges.flatMap(({ roomId, after, head }) => {
      const take = Math.min(limit, head - after, this.#bytes > 0 ? this.#rows : 0);
      if (take <= 0) return [];
      this.#rows -= take;
      return [{ roomId, after, take }];
    });
  }

  /**
   * Returns the fetched rows that fit, in the order of the plan. Rooms outside the plan get no
   * rows.
   * @param bytesOf an upper bound of a row's bytes in the answer
   * @param placeOf the number by which the rows after `after` are in order
   */
  fit<Row extends Changed>(
    ranges: readonly SeqRange[],
    plan: readonly Take[],
    fetched: readonly Row[],
    bytesOf: (row: Row) => number,
    placeOf: (row: Row, after: number) => number = ({ changedSeq }) => changedSeq,
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
        const rows = this.#fitting(candidates, bytesOf);
        // Fewer rows than requested: there are no more.
        const all = rows.length === candidates.length && rows.length < (takes.get(roomId) ?? 0);
        const last = rows.at(-1);
        const end = last ? placeOf(last, after) : after;
        return [roomId, { rows, upTo: all ? head : end }];
      }),
    );
  }

  /** The first row always fits, so every page makes progress. */
  #fitting<Row>(rows: readonly Row[], bytesOf: (row: Row) => number): Row[] {
    const fitting: Row[] = [];
    for (const row of rows) {
      this.#bytes -= bytesOf(row);
      if (this.#bytes < 0 && !this.#empty) break;
      this.#empty = false;
      fitting.push(row);
    }
    return fitting;
  }
}
