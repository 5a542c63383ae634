import type { Database } from '@parley/database';
import type { RoomStore } from '../stores/room-store.ts';

/** How far rooms have come, for gateways that look whether they have missed something. */
export class GetHeads {
  readonly #db: Database;
  readonly #rooms: RoomStore;

  constructor(deps: { db: Database; rooms: RoomStore }) {
    this.#db = deps.db;
    this.#rooms = deps.rooms;
  }

  /** Rooms without any change are left out. */
  run(roomIds: readonly string[]): Promise<{ roomId: string; seq: number }[]> {
    return this.#rooms.heads(this.#db, roomIds);
  }
}
