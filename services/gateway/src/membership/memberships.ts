import { ask, type Bus } from '@parley/bus';
import { type Caller, calls, type Membership, type RoomState, refusalFor } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { atMost } from '@parley/runtime';
import { LRUCache } from 'lru-cache';

/** How somebody stands to a room. */
export interface Standing {
  /** Null: there is no such room. */
  room: RoomState | null;
  /** Null: not a member. */
  membership: Membership | null;
}

interface Known {
  membership: Membership | null;
  /** Of what the directory said last; 0: it said that there is no member, which has no version. */
  version: number;
}

const ttlMs = 60_000;
/** Somebody who is not a member may be one whose joining has not been announced here yet: asked again soon. */
const negativeTtlMs = 2_000;
/** Much less than the second after which somebody who is out must not be told anything. */
const askedWithinMs = 300;

/** Who is a member of what: a bounded cache, kept right by the directory's events; what it does not know it asks. */
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

  /** The directory says so. False: something later is known already. */
  joined(room: RoomState, membership: Membership): boolean {
    this.roomChanged(room);
    return this.#note(membership.roomId, membership.userId, { membership, version: membership.version });
  }

  memberChanged(membership: Membership): void {
    this.#note(membership.roomId, membership.userId, { membership, version: membership.version });
  }

  /** See `joined`. False, too, when just this is known already. */
  left(roomId: string, userId: string, version: number): boolean {
    if (this.#members.get(keyOf(roomId, userId))?.version === version) return false;
    return this.#note(roomId, userId, { membership: null, version });
  }

  /**
   * The same, as the room's timeline says it. That may be long ago, so of whom nothing is known is asked first: they may have come back since. If nobody
   * answers at once, they are out.
   */
  async hasLeft(roomId: string, userId: string, version: number): Promise<boolean> {
    if (!this.knows(roomId, userId)) {
      const asking = this.find(roomId, userId).catch(() => undefined);
      await atMost(askedWithinMs, asking);
    }
    return this.left(roomId, userId, version);
  }

  /** Whether anything is known of how they stand to the room. */
  knows(roomId: string, userId: string): boolean {
    return this.#members.has(keyOf(roomId, userId));
  }

  /** Whether we know of them that they are no member. */
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

  /** Events were missed: nothing that is known, or is being asked, can be relied on. */
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
    if (inFlight) return inFlight;
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

  /** What an event said while we asked may be later than the answer. */
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
