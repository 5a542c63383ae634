import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { RoomStore } from '../stores/room-store.ts';

/** Members requested from the directory; events soon add the others. */
const maxMembers = 1_000;

/**
 * Asks the directory once for each unknown room, since a message may arrive before its room's
 * event.
 */
export class KnowRooms {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #rooms: RoomStore;

  constructor(deps: { db: Database; bus: Bus; rooms: RoomStore }) {
    this.#db = deps.db;
    this.#bus = deps.bus;
    this.#rooms = deps.rooms;
  }

  async run(roomIds: readonly string[]): Promise<void> {
    const known = await this.#rooms.known(this.#db, roomIds);
    await Promise.all(roomIds.filter((roomId) => !known.has(roomId)).map((roomId) => this.#ask(roomId)));
  }

  async #ask(roomId: string): Promise<void> {
    const [{ room }, { members }] = await Promise.all([
      ask(this.#bus, calls.getMemberships, { roomId, userIds: [] }),
      ask(this.#bus, calls.getRoomMembers, { roomId, limit: maxMembers }),
    ]);
    if (!room) return;
    await this.#db.transaction(async (trx) => {
      await this.#rooms.saveMembers(
        trx,
        members.map((member) => ({ ...member, active: true })),
      );
      await this.#rooms.saveRooms(trx, [room]);
    });
  }
}
