import { roomKey, userKey } from '@parley/backplane';
import type { RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Maximum } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { Sequencer } from './sequencer.ts';

/** Records which connections are in which rooms; see `Watching`. */
export interface RoomPresence {
  start(connection: Connection, room: RoomState, announce: boolean): Promise<void>;
  stop(connection: Connection, roomId: string): Promise<void>;
  isIn(connection: Connection, roomId: string): boolean;
}

/**
 * Decides which connections receive which rooms. A connection is in the rooms that it joined. A
 * connection that follows all rooms of its user receives their messages without being in them.
 */
export class Subscriptions {
  readonly #rooms: SubscriptionTable;
  readonly #sequencer: Sequencer;
  readonly #watching: RoomPresence;
  /** The rooms that a connection receives without having joined; absent if it does not follow. */
  readonly #followed = new WeakMap<Connection, Set<string>>();
  /** Limits the rooms that a connection joins, and separately those that it follows. */
  readonly maxRooms: Maximum;

  constructor(deps: {
    rooms: SubscriptionTable;
    sequencer: Sequencer;
    watching: RoomPresence;
    maxRooms: Maximum;
  }) {
    this.#rooms = deps.rooms;
    this.#sequencer = deps.sequencer;
    this.#watching = deps.watching;
    this.maxRooms = deps.maxRooms;
  }

  /**
   * Puts the connection in the room. Answers a `seq` after which it receives every change.
   * @param announce announces the user to the others in the room
   * @throws AppError `limit_reached`; `rate_limit` when the user comes too often; `unavailable`,
   * `timeout` when the head cannot be asked for; `room_not_found` when the user was removed
   * meanwhile
   */
  async start(connection: Connection, room: RoomState, announce = true): Promise<number> {
    const key = roomKey(room.id);
    const wasSubscribed = this.#rooms.isSubscribed(connection, key);
    if (!wasSubscribed && this.#isFull(connection)) throw new AppError('limit_reached', this.maxRooms);
    // Changes of a direct room are published under the keys of its people, not of the room.
    const isDirect = room.kind === 'direct';
    const from = isDirect ? userKey(connection.caller.userId) : key;
    // The user's key is in use since the connection opened, before the room was asked about.
    const inUse = isDirect && this.#rooms.at(from).size > 0;
    const reached = this.#rooms.add(connection, key);
    try {
      await reached;
      const seq = await this.#sequencer.open(from, room.id, inUse);
      // The user may have been removed, or the connection closed, meanwhile.
      if (this.#rooms.isSubscribed(connection, key)) await this.#watching.start(connection, room, announce);
      if (!this.#rooms.isSubscribed(connection, key)) throw new AppError('room_not_found');
      return seq;
    } catch (error) {
      if (!wasSubscribed) this.#rooms.remove(connection, key);
      throw error;
    }
  }

  /** Allows `follow` for the connection. */
  followAll(connection: Connection): void {
    if (!this.#followed.has(connection)) this.#followed.set(connection, new Set());
  }

  /**
   * Subscribes the connection to a room, other than a direct one, without putting it in the room.
   * Resolves when it receives every later change. Answers false if the connection follows
   * `maxRooms` others.
   * @param fromStart for a new room: start at its first change
   * @throws AppError as `Sequencer.open`. The connection is subscribed; changes are held until a
   * repeated call succeeds.
   */
  async follow(connection: Connection, roomId: string, fromStart: boolean): Promise<boolean> {
    const followed = this.#followed.get(connection);
    if (!followed) return true;
    if (followed.size >= this.maxRooms.max && !followed.has(roomId)) return false;
    followed.add(roomId);
    const key = roomKey(roomId);
    const reached = this.#rooms.add(connection, key);
    const caughtUp = fromStart ? this.#sequencer.openAtStart(key, roomId, reached) : undefined;
    await reached;
    await caughtUp;
    if (this.#rooms.isSubscribed(connection, key)) await this.#sequencer.open(key, roomId, false);
    return true;
  }

  isSubscribed(connection: Connection, roomId: string): boolean {
    return this.#rooms.isSubscribed(connection, roomKey(roomId));
  }

  /**
   * Whether the connection receives the events reserved for those in a room (typing, users coming
   * and going). A connection that follows all rooms must have joined the room.
   */
  sees(connection: Connection, roomId: string): boolean {
    return !this.#followed.has(connection) || this.#watching.isIn(connection, roomId);
  }

  /** Takes the connection out of the room. It still receives the rooms that it follows. */
  async leave(connection: Connection, roomId: string): Promise<void> {
    // Synchronous, so that it does not undo a `join_room` that follows immediately.
    if (!this.#followed.get(connection)?.has(roomId)) this.#rooms.remove(connection, roomKey(roomId));
    await this.#watching.stop(connection, roomId);
  }

  /** The user is no longer a member of the room. */
  evict(connection: Connection, roomId: string): void {
    this.#followed.get(connection)?.delete(roomId);
    this.#rooms.remove(connection, roomKey(roomId));
    void this.#watching.stop(connection, roomId);
  }

  /** `>`, because the key of the connection's own user counts too. */
  #isFull(connection: Connection): boolean {
    return this.#rooms.countOf(connection) > this.maxRooms.max + (this.#followed.get(connection)?.size ?? 0);
  }
}
