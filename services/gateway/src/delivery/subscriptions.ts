import type { RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Maximum } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { Watching } from '../presence/watching.ts';
import { roomKey, userKey } from '../subscriptions/keys.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { Sequencer } from './sequencer.ts';

/**
 * Which connection receives the messages of which room. A connection joins a room by its own wish, and is in it then; one that follows all rooms of its user
 * receives their messages without being in them.
 */
export class Subscriptions {
  readonly #rooms: SubscriptionTable;
  readonly #sequencer: Sequencer;
  readonly #watching: Pick<Watching, 'start' | 'stop' | 'isIn'>;
  /** The rooms that a connection receives without having joined; absent: it does not follow all rooms of its user. */
  readonly #followed = new WeakMap<Connection, Set<string>>();
  /** That a connection may join, and that it may follow. */
  readonly maxRooms: Maximum;

  constructor(deps: {
    rooms: SubscriptionTable;
    sequencer: Sequencer;
    watching: Pick<Watching, 'start' | 'stop' | 'isIn'>;
    maxRooms: Maximum;
  }) {
    this.#rooms = deps.rooms;
    this.#sequencer = deps.sequencer;
    this.#watching = deps.watching;
    this.maxRooms = deps.maxRooms;
  }

  /**
   * From now on the connection is in the room. Answers a `seq` after which it gets every change. @param announce tell the others in the room
   * @throws AppError `limit_reached`; `unavailable`, `timeout` when nobody can say where the room is; `room_not_found` when the user was removed meanwhile
   */
  async start(connection: Connection, room: RoomState, announce = true): Promise<number> {
    const key = roomKey(room.id);
    const wasSubscribed = this.#rooms.isSubscribed(connection, key);
    if (!wasSubscribed && this.#isFull(connection)) throw new AppError('limit_reached', this.maxRooms);
    // What is said in a direct room comes by the names of its people, whoever has joined.
    const from = room.kind === 'direct' ? userKey(connection.caller.userId) : key;
    const inUse = this.#rooms.at(from).size > 0;
    const reached = this.#rooms.add(connection, key);
    try {
      await reached;
      const seq = await this.#sequencer.open(from, room.id, inUse);
      // It may have been removed, or have closed, meanwhile.
      if (this.#rooms.isSubscribed(connection, key)) await this.#watching.start(connection, room, announce);
      if (!this.#rooms.isSubscribed(connection, key)) throw new AppError('room_not_found');
      return seq;
    } catch (error) {
      if (!wasSubscribed) this.#rooms.remove(connection, key);
      throw error;
    }
  }

  /** From now on `follow` may be called for it. */
  followAll(connection: Connection): void {
    if (!this.#followed.has(connection)) this.#followed.set(connection, new Set());
  }

  /**
   * The connection receives one of many rooms, not a direct one, without being in it: nothing is asked for, and like a direct room it begins here with the first change that it is heard of.
   * Does nothing for a connection that follows as many as it may.
   * @param fromStart a new room: from its first change
   */
  async follow(connection: Connection, roomId: string, fromStart: boolean): Promise<void> {
    const followed = this.#followed.get(connection);
    if (!followed || (followed.size >= this.maxRooms.max && !followed.has(roomId))) return;
    followed.add(roomId);
    const key = roomKey(roomId);
    if (this.#rooms.isSubscribed(connection, key)) return;
    const reached = this.#rooms.add(connection, key);
    const caughtUp = fromStart ? this.#sequencer.openAtStart(key, roomId, reached) : undefined;
    await reached;
    await caughtUp;
  }

  isSubscribed(connection: Connection, roomId: string): boolean {
    return this.#rooms.isSubscribed(connection, roomKey(roomId));
  }

  /** Whether what only those in a room receive (typing, who comes and goes) is for that connection: who follows all rooms has to have joined this one. */
  sees(connection: Connection, roomId: string): boolean {
    return !this.#followed.has(connection) || this.#watching.isIn(connection, roomId);
  }

  /** The connection leaves the room. What it follows it goes on receiving. */
  async leave(connection: Connection, roomId: string): Promise<void> {
    // At once: a `join_room` that follows on the heels must not be undone.
    if (!this.#followed.get(connection)?.has(roomId)) this.#rooms.remove(connection, roomKey(roomId));
    await this.#watching.stop(connection, roomId);
  }

  /** Its user does not belong to the room any more. */
  evict(connection: Connection, roomId: string): void {
    this.#followed.get(connection)?.delete(roomId);
    this.#rooms.remove(connection, roomKey(roomId));
    void this.#watching.stop(connection, roomId);
  }

  /** A connection's own user is a key too. */
  #isFull(connection: Connection): boolean {
    return this.#rooms.countOf(connection) > this.maxRooms.max + (this.#followed.get(connection)?.size ?? 0);
  }
}
