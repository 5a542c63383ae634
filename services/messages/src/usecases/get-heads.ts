import type { Database } from '@parley/database';
import type { RoomStore } from '../stores/room-store.ts';

/** The latest `seq` of rooms, for gateways that check whether they missed changes. */
export class GetHeads {
  readonly #db: Database;
  readonly #rooms: RoomStore;

  constructor(deps: { db: Database; rooms: RoomStore }) {
    this.#db = deps.db;
    this.#rooms = deps.rooms;
  }

  /** Omits rooms without any change. */
  run(roomIds: readonly string[]): Promise<{ roomId: string; seq: number }[]> {
    return this.#rooms.heads(this.#db, roomIds);
  }
}
