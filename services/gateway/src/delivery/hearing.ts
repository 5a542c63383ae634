import type { RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Maximum } from '@parley/runtime';
import type { Watching } from '../presence/watching.ts';
import type { Connection } from '../sockets/connection.ts';
import { roomKey, userKey } from './keys.ts';
import type { RoomTable } from './room-table.ts';
import type { Sequencer } from './sequencer.ts';

/** Which connection hears which room, by its own wish. */
export class Hearing {
  readonly #rooms: RoomTable;
  readonly #sequencer: Sequencer;
  readonly #watching: Pick<Watching, 'start' | 'stop'>;
  /** That a connection may hear. */
  readonly maxRooms: Maximum;

  constructor(deps: { rooms: RoomTable; sequencer: Sequencer; watching: Pick<Watching, 'start' | 'stop'>; maxRooms: Maximum }) {
    this.#rooms = deps.rooms;
    this.#sequencer = deps.sequencer;
    this.#watching = deps.watching;
    this.maxRooms = deps.maxRooms;
  }

  /**
   * From now on the connection hears the room. Answers a `seq` after which it gets every change.
   * @throws AppError `limit_reached`; `unavailable`, `timeout` when nobody can say where the room is; `room_not_found` when the user was removed meanwhile
   */
  async start(connection: Connection, room: RoomState): Promise<number> {
    const key = roomKey(room.id);
    const heardBefore = this.#rooms.hears(connection, key);
    if (!heardBefore && this.#isFull(connection)) throw new AppError('limit_reached', this.maxRooms);
    const reached = this.#rooms.add(connection, key);
    try {
      await reached;
      // What is said in a direct room comes by the names of its people, whoever has joined.
      const seq = await this.#sequencer.open(room.kind === 'direct' ? userKey(connection.caller.userId) : key, room.id);
      await this.#watching.start(connection, room.id);
      if (!this.#rooms.hears(connection, key)) throw new AppError('room_not_found');
      return seq;
    } catch (error) {
      if (!heardBefore) this.#rooms.remove(connection, key);
      throw error;
    }
  }

  /**
   * The same for one of many rooms, not a direct one: nothing is asked for, and like a direct room it begins here with the first change that it is heard of.
   * Does nothing for a connection that hears as many as it may.
   * @param fromStart a new room: from its first change
   */
  async follow(connection: Connection, roomId: string, fromStart: boolean): Promise<void> {
    const key = roomKey(roomId);
    if (this.#rooms.hears(connection, key) || this.#isFull(connection)) return;
    const reached = this.#rooms.add(connection, key);
    const caughtUp = fromStart ? this.#sequencer.openAtStart(key, roomId, reached) : undefined;
    await reached;
    await caughtUp;
  }

  hears(connection: Connection, roomId: string): boolean {
    return this.#rooms.hears(connection, roomKey(roomId));
  }

  /** Answers whether it did hear the room. */
  async stop(connection: Connection, roomId: string): Promise<boolean> {
    // At once: a `join_room` that follows on the heels must not be undone.
    const heard = this.#rooms.remove(connection, roomKey(roomId));
    await this.#watching.stop(connection, roomId);
    return heard;
  }

  /** A connection's own user is a key too. */
  #isFull(connection: Connection): boolean {
    return this.#rooms.countOf(connection) > this.maxRooms.max;
  }
}
