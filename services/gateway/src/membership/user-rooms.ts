import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Gatherer } from '@parley/runtime';
import type { Memberships } from './memberships.ts';
import { userQuestions } from './user-questions.ts';

interface Entry {
  /** Most recently joined first, as far as they came from the directory. */
  readonly rooms: Set<string>;
  /** The rooms that the user left while the directory is asked. Undefined afterwards. */
  left: Set<string> | undefined;
  /** Whether the directory has more. */
  hasMore: boolean;
  loaded: Promise<void>;
}

/**
 * More than a connection may receive: presence uses the rooms too, and `join_rooms` names those
 * that it leaves out.
 */
const minLoaded = 5_000;

const none: ReadonlySet<string> = new Set();

/**
 * The rooms of every user connected to this gateway, without direct rooms, and the reverse: which
 * of these users are members of a room. Loaded when a user's first connection opens, then kept
 * current by directory events.
 */
export class UserRooms {
  readonly #memberships: Memberships;
  readonly #max: number;
  readonly #questions: Gatherer<string, { roomIds: string[] }>;
  readonly #users = new Map<string, Entry>();
  readonly #members = new Map<string, Set<string>>();

  /** @param deps.maxRooms loads one more, which shows whether a connection can receive them all */
  constructor(deps: { bus: Bus; memberships: Memberships; maxRooms: number }) {
    this.#memberships = deps.memberships;
    this.#max = Math.max(deps.maxRooms + 1, minLoaded);
    const limit = this.#max;
    this.#questions = userQuestions(
      (userIds) => ask(deps.bus, calls.getRoomsOfUsers, { userIds, limit }),
      (userId) => ask(deps.bus, calls.getUserRooms, { userId, direct: false, limit }),
    );
  }

  /**
   * Answers the user's rooms, the latest if there are very many, and keeps them until `forget`.
   * @throws AppError `timeout`, `unavailable` when the directory cannot be asked
   */
  async load(userId: string): Promise<{ roomIds: readonly string[]; hasMore: boolean }> {
    const entry = this.#users.get(userId) ?? this.#begin(userId);
    await entry.loaded;
    return { roomIds: [...entry.rooms], hasMore: entry.hasMore };
  }

  /** The members of that room who are connected here, as far as their rooms have been loaded. */
  membersHere(roomId: string): ReadonlySet<string> {
    return this.#members.get(roomId) ?? none;
  }

  joined(roomId: string, userId: string): void {
    const entry = this.#users.get(userId);
    if (!entry) return;
    entry.left?.delete(roomId);
    this.#add(entry, roomId, userId);
  }

  left(roomId: string, userId: string): void {
    const entry = this.#users.get(userId);
    entry?.left?.add(roomId);
    entry?.rooms.delete(roomId);
    this.#removeMember(roomId, userId);
  }

  roomDeleted(roomId: string): void {
    for (const userId of this.membersHere(roomId)) this.left(roomId, userId);
  }

  /** Called when the user's last connection closes, or to load the rooms again. */
  forget(userId: string): void {
    const entry = this.#users.get(userId);
    this.#users.delete(userId);
    for (const roomId of entry?.rooms ?? []) this.#removeMember(roomId, userId);
  }

  #begin(userId: string): Entry {
    const entry: Entry = { rooms: new Set(), left: new Set(), hasMore: false, loaded: Promise.resolve() };
    entry.loaded = this.#ask(entry, userId).catch((error: unknown) => {
      if (this.#users.get(userId) === entry) this.forget(userId);
      throw error;
    });
    this.#users.set(userId, entry);
    return entry;
  }

  async #ask(entry: Entry, userId: string): Promise<void> {
    const { roomIds } = await this.#questions.get(userId);
    if (this.#users.get(userId) !== entry) return;
    entry.hasMore = roomIds.length >= this.#max;
    // Events that arrived while we asked are newer than the answer.
    for (const roomId of roomIds)
      if (!entry.left?.has(roomId) && !this.#memberships.isDeleted(roomId)) this.#add(entry, roomId, userId);
    entry.left = undefined;
  }

  #add(entry: Entry, roomId: string, userId: string): void {
    entry.rooms.add(roomId);
    const members = this.#members.get(roomId) ?? new Set();
    this.#members.set(roomId, members.add(userId));
  }

  #removeMember(roomId: string, userId: string): void {
    const members = this.#members.get(roomId);
    members?.delete(userId);
    if (members?.size === 0) this.#members.delete(roomId);
  }
}
