import { ask, type Bus } from '@parley/bus';
import { type Caller, calls, type Membership, type RoomState, refusalFor } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { atMost } from '@parley/runtime/async';
import { LRUCache } from 'lru-cache';

/** A user's relation to a room. */
export interface Standing {
  /** Null if the room does not exist. */
  room: RoomState | null;
  /** Null if the user is not a member. */
  membership: Membership | null;
}

interface Known {
  membership: Membership | null;
  /** The version of the directory's last statement; 0 for a negative answer, which has none. */
  version: number;
}

const ttlMs = 60_000;
/** Negative results expire quickly because the join event may not have arrived yet. */
const negativeTtlMs = 2_000;
/** Well below the one second within which a removed user must stop receiving. */
const askedWithinMs = 300;

/**
 * A bounded cache of memberships, kept current by directory events. Asks the directory on a miss.
 */
export class Memberships {
  readonly #bus: Bus;
  readonly #rooms = new LRUCache<string, { room: RoomState | null }>({ max: 50_000, ttl: ttlMs });
  readonly #members = new LRUCache<string, Known>({ max: 200_000, ttl: ttlMs });
  readonly #asking = new Map<string, Promise<Standing>>();
  #generation = 0;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** @throws AppError `timeout`, `unavailable` when the directory cannot be asked */
  find(roomId: string, userId: string): Promise<Standing> {
    const room = this.#rooms.get(roomId)?.room;
    if (room === null) return Promise.resolve({ room, membership: null });
    const known = this.#members.get(keyOf(roomId, userId));
    if (room && known) return Promise.resolve({ room, membership: known.membership });
    return this.#ask(roomId, userId);
  }

  /** @throws AppError `room_not_found`, `not_authorized`; `timeout`, `unavailable` */
  async require(
    roomId: string,
    { userId, organizationId }: Caller,
  ): Promise<{ room: RoomState; membership: Membership }> {
    const { room, membership } = await this.find(roomId, userId);
    if (!room || !membership) throw new AppError(refusalFor(room, organizationId));
    return { room, membership };
  }

  /** Applies a directory event. False if a later version is already known. */
  joined(room: RoomState, membership: Membership): boolean {
    this.roomChanged(room);
    return this.#note(membership.roomId, membership.userId, { membership, version: membership.version });
  }

  memberChanged(membership: Membership): void {
    this.#note(membership.roomId, membership.userId, { membership, version: membership.version });
  }

  /** See `joined`. Also false if this version is already known. */
  left(roomId: string, userId: string, version: number): boolean {
    if (this.#members.get(keyOf(roomId, userId))?.version === version) return false;
    return this.#note(roomId, userId, { membership: null, version });
  }

  /**
   * Applies a departure from the room's timeline, which may be old. If nothing is known of the
   * user, asks the directory first, because the user may have rejoined. Without an answer in time,
   * the user counts as removed.
   */
  async hasLeft(roomId: string, userId: string, version: number): Promise<boolean> {
    if (!this.knows(roomId, userId)) {
      const asking = this.find(roomId, userId).catch(() => undefined);
      await atMost(askedWithinMs, asking);
    }
    return this.left(roomId, userId, version);
  }

  /** Whether the cache has an entry for the user in that room. */
  knows(roomId: string, userId: string): boolean {
    return this.#members.has(keyOf(roomId, userId));
  }

  /** Whether the user is known not to be a member. */
  isOut(roomId: string, userId: string): boolean {
    return (
      this.#rooms.get(roomId)?.room === null || this.#members.get(keyOf(roomId, userId))?.membership === null
    );
  }

  roomChanged(room: RoomState): void {
    this.#rooms.set(room.id, { room });
  }

  roomDeleted(roomId: string): void {
    this.#rooms.set(roomId, { room: null });
  }

  /** Forgets everything, including answers in flight, after events may have been missed. */
  clear(): void {
    this.#generation++;
    this.#rooms.clear();
    this.#members.clear();
    this.#asking.clear();
  }

  #note(roomId: string, userId: string, news: Known): boolean {
    const key = keyOf(roomId, userId);
    const known = this.#members.get(key);
    if (known && known.version > news.version) return false;
    this.#members.set(key, news);
    return true;
  }

  #ask(roomId: string, userId: string): Promise<Standing> {
    const key = keyOf(roomId, userId);
    const inFlight = this.#asking.get(key);
    if (inFlight !== undefined) return inFlight;
    const asking = this.#fetch(roomId, userId).finally(() => {
      if (this.#asking.get(key) === asking) this.#asking.delete(key);
    });
    this.#asking.set(key, asking);
    return asking;
  }

  async #fetch(roomId: string, userId: string): Promise<Standing> {
    const generation = this.#generation;
    const { room, members } = await ask(this.#bus, calls.getMemberships, { roomId, userIds: [userId] });
    const membership = members.find((member) => member.userId === userId) ?? null;
    return generation === this.#generation
      ? this.#learn(roomId, userId, { room, membership })
      : { room, membership };
  }

  /** An event that arrived while we asked may be newer than the answer. */
  #learn(roomId: string, userId: string, answer: Standing): Standing {
    const knownRoom = this.#rooms.get(roomId);
    if (!knownRoom)
      this.#rooms.set(roomId, { room: answer.room }, { ttl: answer.room ? ttlMs : negativeTtlMs });
    const room = knownRoom ? knownRoom.room : answer.room;
    const key = keyOf(roomId, userId);
    const known = this.#members.get(key);
    if (known && known.version >= (answer.membership?.version ?? 0))
      return { room, membership: known.membership };
    const learned = { membership: answer.membership, version: answer.membership?.version ?? 0 };
    this.#members.set(key, learned, { ttl: answer.membership ? ttlMs : negativeTtlMs });
    return { room, membership: answer.membership };
  }
}

const keyOf = (roomId: string, userId: string) => `${roomId} ${userId}`;
