import { ask, type Bus } from '@parley/bus';
import { calls, type RoomState } from '@parley/contracts';
import type { Gatherer } from '@parley/runtime';
import { Groups } from '../connections/groups.ts';
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
  readonly #members = new Groups<string, string>();
  readonly #smallUpTo: number;
  readonly #large = new Set<string>();

  /**
   * @param deps.maxRooms loads one more, which shows whether a connection can receive them all
   * @param deps.smallUpTo the members of a room that is not large
   */
  constructor(deps: { bus: Bus; memberships: Memberships; maxRooms: number; smallUpTo: number }) {
    this.#memberships = deps.memberships;
    this.#smallUpTo = deps.smallUpTo;
    this.#max = Math.max(deps.maxRooms + 1, minLoaded);
    const limit = this.#max;
    this.#questions = userQuestions(
      async (userIds) => {
        const question = { userIds, limit, upTo: deps.smallUpTo };
        const answer = await ask(deps.bus, calls.getRoomsOfUsers, question);
        for (const roomId of answer.large ?? []) this.#large.add(roomId);
        return answer;
      },
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
    const current = this.#users.get(userId);
    // Forgotten and asked for again meanwhile, because events were missed.
    if (current && current !== entry) return this.load(userId);
    return { roomIds: [...entry.rooms], hasMore: entry.hasMore };
  }

  /** The members of that room who are connected here, as far as their rooms have been loaded. */
  membersHere(roomId: string): readonly string[] {
    return this.#members.of(roomId);
  }

  /** Large rooms with members here. */
  largeHere(): string[] {
    for (const roomId of this.#large) if (this.membersHere(roomId).length === 0) this.#large.delete(roomId);
    return [...this.#large];
  }

  /** Applies a directory event. */
  roomChanged({ id, memberCount }: RoomState): void {
    if (memberCount === undefined) return;
    if (memberCount <= this.#smallUpTo) this.#large.delete(id);
    else if (this.membersHere(id).length > 0) this.#large.add(id);
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
    this.#members.remove(roomId, userId);
  }

  roomDeleted(roomId: string): void {
    for (const userId of this.membersHere(roomId)) this.left(roomId, userId);
  }

  /** Called when the user's last connection closes, or to load the rooms again. */
  forget(userId: string): void {
    const entry = this.#users.get(userId);
    this.#users.delete(userId);
    for (const roomId of entry?.rooms ?? []) this.#members.remove(roomId, userId);
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
    this.#members.add(roomId, userId);
  }
}
