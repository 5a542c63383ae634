import { roomKey, userKey } from '@parley/backplane';
import type { RoomState } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Maximum } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { CatchUp, OpenRoom, Start } from './catch-up.ts';
import type { Sequencer } from './sequencer.ts';

/** A room with its key, which is created once, because every copy takes memory. */
type FollowedRoom = Pick<OpenRoom, 'key' | 'roomId'>;

/** Records which connections are in which rooms; see `Watching`. */
export interface RoomPresence {
  start(connection: Connection, rooms: readonly RoomState[], announce: boolean): Promise<void>;
  stop(connection: Connection, roomId: string): Promise<void>;
  hasJoined(connection: Connection, roomId: string): boolean;
}

/**
 * Decides which connections receive which rooms. A connection is in the rooms that it joined. A
 * connection that follows all rooms of its user receives their messages without being in them.
 */
export class Subscriptions {
  readonly #rooms: SubscriptionTable;
  readonly #sequencer: Sequencer;
  readonly #catchUp: CatchUp;
  readonly #watching: RoomPresence;
  /** The rooms that a connection receives without having joined; absent if it does not follow. */
  readonly #followed = new WeakMap<Connection, Set<string>>();
  /** Limits the rooms that a connection joins, and separately those that it follows. */
  readonly maxRooms: Maximum;

  constructor(deps: {
    rooms: SubscriptionTable;
    sequencer: Sequencer;
    catchUp: CatchUp;
    watching: RoomPresence;
    maxRooms: Maximum;
  }) {
    this.#rooms = deps.rooms;
    this.#sequencer = deps.sequencer;
    this.#catchUp = deps.catchUp;
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
    const { rooms, seqs } = await this.#enter(connection, [room], announce);
    if (rooms.length === 0) throw new AppError('limit_reached', this.maxRooms);
    const seq = seqs.get(room.id);
    if (seq === undefined) throw new AppError('room_not_found');
    return seq;
  }

  /**
   * As `start`, for many rooms: subscribes to all, then asks for what the connection missed. Leaves
   * out rooms beyond the limit, and those from which the user was removed meanwhile.
   * @param catchUp called once all are subscribed. Answers the heads of rooms, as far as it knows
   * @throws AppError as `start` and `catchUp`; then the connection is in no further room
   */
  async startAll(
    connection: Connection,
    rooms: readonly RoomState[],
    catchUp: () => Promise<ReadonlyMap<string, number>>,
  ): Promise<ReadonlyMap<string, number>> {
    return (await this.#enter(connection, rooms, true, catchUp)).seqs;
  }

  async #enter(
    connection: Connection,
    wanted: readonly RoomState[],
    announce: boolean,
    catchUp?: () => Promise<ReadonlyMap<string, number>>,
  ): Promise<{ rooms: readonly RoomState[]; seqs: Map<string, number> }> {
    const isIn = ({ id }: RoomState) => this.#rooms.isSubscribed(connection, roomKey(id));
    const known = new Set(wanted.filter(isIn));
    const free = this.#freeRooms(connection);
    let fresh = 0;
    const rooms = wanted.filter((room) => known.has(room) || fresh++ < free);
    try {
      const origins = rooms.map((room) => this.#originOf(connection, room));
      const keys = origins.map(({ ofRoom }) => ofRoom);
      await this.#rooms.addAll(connection, keys);
      const heads = catchUp?.();
      const opening = origins.map(
        async ({ id, key, inUse }): Promise<[string, number]> => [
          id,
          await this.#sequencer.open(key, id, inUse, heads && (() => headIn(heads, id))),
        ],
      );
      const [seqs] = await Promise.all([Promise.all(opening), heads]);
      // The user may have been removed, or the connection closed, meanwhile.
      await this.#watching.start(connection, rooms.filter(isIn), announce);
      const present = new Set(rooms.filter(isIn).map(({ id }) => id));
      const entered = seqs.filter(([id]) => present.has(id));
      for (const [id, seq] of entered) this.#catchUp.skip(connection, roomKey(id), seq);
      return { rooms, seqs: new Map(entered) };
    } catch (error) {
      for (const room of rooms) if (!known.has(room)) this.#rooms.remove(connection, roomKey(room.id));
      throw error;
    }
  }

  /** The room's own key, and the one under which its changes arrive. */
  #originOf({ caller }: Connection, { id, kind }: RoomState) {
    const ofRoom = roomKey(id);
    if (kind !== 'direct') return { id, ofRoom, key: ofRoom, inUse: false };
    // Changes of a direct room are published under the keys of its people, not of the room. The
    // user's key is in use since the connection opened, before the room was asked about.
    const key = userKey(caller.userId);
    return { id, ofRoom, key, inUse: this.#rooms.hasSubscribers(key) };
  }

  /** Allows `follow` for the connection. */
  followAll(connection: Connection): void {
    if (!this.#followed.has(connection)) this.#followed.set(connection, new Set());
  }

  /**
   * Subscribes the connection to a room, other than a direct one, without putting it in the room.
   * Resolves when it has received every change since `from` and receives every later one. Answers
   * false if the connection follows `maxRooms` others.
   * @param from 0 for a new room; ignored if the connection receives the room already
   * @throws AppError as `Sequencer.open`. The connection is subscribed; changes are held until a
   * repeated call succeeds.
   */
  async follow(connection: Connection, roomId: string, from: Start): Promise<boolean> {
    const followed = this.#followed.get(connection);
    if (!followed) return true;
    if (followed.size >= this.maxRooms.max && !followed.has(roomId)) return false;
    followed.add(roomId);
    const room = { roomId, key: roomKey(roomId) };
    const isNew = !this.#rooms.isSubscribed(connection, room.key);
    const reached = this.#rooms.add(connection, room.key);
    const opened = from === 0 ? this.#sequencer.openAtStart(room.key, roomId, reached) : undefined;
    if (isNew) this.#withhold(connection, room, from);
    await reached;
    await opened;
    await this.#openAll(connection, [room]);
    return true;
  }

  /**
   * As `follow`, for many rooms with earlier messages. Answers those that the connection receives.
   * @param since asked when the connection receives every later change: the time from which it is
   *   to receive the rooms, if that was earlier
   */
  async followRooms(
    connection: Connection,
    roomIds: readonly string[],
    since: () => Date | undefined = () => undefined,
  ): Promise<ReadonlySet<string>> {
    const followed = this.#followed.get(connection);
    if (!followed) return new Set(roomIds);
    for (const roomId of roomIds) if (followed.size < this.maxRooms.max) followed.add(roomId);
    const heard = roomIds.flatMap((roomId) =>
      followed.has(roomId) ? [{ roomId, key: roomKey(roomId) }] : [],
    );
    const fresh = heard.filter(({ key }) => !this.#rooms.isSubscribed(connection, key));
    const keys = heard.map(({ key }) => key);
    const reached = this.#rooms.addAll(connection, keys);
    for (const room of fresh) this.#withhold(connection, room, since());
    await reached;
    await this.#openAll(connection, heard, since);
    return new Set(heard.map(({ roomId }) => roomId));
  }

  /** Unless the connection receives everything that it should from now on. */
  #withhold(connection: Connection, { roomId, key }: FollowedRoom, from?: Start): void {
    const last = this.#sequencer.last(key, roomId);
    const isCurrent =
      last !== undefined && (from === undefined || (typeof from === 'number' && last <= from));
    if (!isCurrent && this.#rooms.isSubscribed(connection, key))
      this.#catchUp.withhold(connection, key, from);
  }

  async #openAll(
    connection: Connection,
    rooms: readonly FollowedRoom[],
    since?: () => Date | undefined,
  ): Promise<void> {
    const present = rooms.filter(({ key }) => this.#rooms.isSubscribed(connection, key));
    // Asked for in one turn, the heads share few questions.
    const opening = present.map(async ({ roomId, key }) => {
      const seq = await this.#sequencer.open(key, roomId, false);
      return { key, roomId, seq };
    });
    const opened = await Promise.all(opening);
    await this.#catchUp.finish(connection, opened, since?.());
  }

  isSubscribed(connection: Connection, roomId: string): boolean {
    return this.#rooms.isSubscribed(connection, roomKey(roomId));
  }

  /**
   * Whether the connection receives the events reserved for those in a room (typing, users coming
   * and going). A connection that follows all rooms must have joined the room.
   */
  sees(connection: Connection, roomId: string): boolean {
    return !this.#followed.has(connection) || this.#watching.hasJoined(connection, roomId);
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

  /** How many rooms the connection may still join. The key of its own user counts as one. */
  #freeRooms(connection: Connection): number {
    const max = this.maxRooms.max + (this.#followed.get(connection)?.size ?? 0) + 1;
    return max - this.#rooms.countOf(connection);
  }
}

/** @throws Error if the room is not among them */
async function headIn(heads: Promise<ReadonlyMap<string, number>>, roomId: string): Promise<number> {
  const head = (await heads).get(roomId);
  if (head === undefined) throw new Error('the head was not learned');
  return head;
}
