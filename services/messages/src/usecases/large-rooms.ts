import type { Queryable } from '@parley/database';
import { Cache } from '@parley/runtime';
import { roomsLargerThan } from '../stores/room-sizes.ts';

const maxRooms = 50_000;
/** How long receipts may follow a room's former size. */
const rememberedMs = 10_000;

/** Which rooms have more than `RECEIPTS_UP_TO` members. Counts each room once in ten seconds. */
export class LargeRooms {
  readonly #size: number;
  readonly #isLarge = new Cache<boolean>(maxRooms, rememberedMs);

  constructor(size: number) {
    this.#size = size;
  }

  async among(db: Queryable, roomIds: Iterable<string>): Promise<ReadonlySet<string>> {
    const known = new Map([...roomIds].map((roomId) => [roomId, this.#isLarge.get(roomId)]));
    const unknown = [...known].flatMap(([roomId, isLarge]) => (isLarge === undefined ? [roomId] : []));
    if (unknown.length > 0) {
      const larger = new Set(await roomsLargerThan(db, unknown, this.#size));
      for (const roomId of unknown) {
        this.#isLarge.set(roomId, larger.has(roomId));
        known.set(roomId, larger.has(roomId));
      }
    }
    return new Set([...known].flatMap(([roomId, isLarge]) => (isLarge ? [roomId] : [])));
  }
}
