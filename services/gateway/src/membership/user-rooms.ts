import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Memberships } from './memberships.ts';

interface Entry {
  /** Latest joined first, as far as that was asked. */
  readonly rooms: Set<string>;
  loaded: Promise<void>;
}

const nobody: ReadonlySet<string> = new Set();

/**
 * The rooms of every user who is connected to this gateway, direct rooms aside, and the other way round: which of these users belong to a room. Asked for
 * when a user's first connection opens, then kept current by the directory's events. At most as many per user as `calls.getUserRooms` answers.
 */
export class UserRooms {
  readonly #bus: Bus;
  readonly #memberships: Memberships;
  readonly #users = new Map<string, Entry>();
  readonly #members = new Map<string, Set<string>>();

  constructor(deps: { bus: Bus; memberships: Memberships }) {
    this.#bus = deps.bus;
    this.#memberships = deps.memberships;
  }

  /** Answers their rooms, which are kept until `forget`. @throws AppError `timeout`, `unavailable` when the directory cannot be asked */
  async load(userId: string): Promise<readonly string[]> {
    const entry = this.#users.get(userId) ?? this.#begin(userId);
    await entry.loaded;
    return [...entry.rooms];
  }

  /** The users connected here who belong to that room, as far as their rooms have been loaded. */
  membersHere(roomId: string): ReadonlySet<string> {
    return this.#members.get(roomId) ?? nobody;
  }

  joined(roomId: string, userId: string): void {
    const entry = this.#users.get(userId);
    if (entry) this.#add(entry, roomId, userId);
  }

  left(roomId: string, userId: string): void {
    this.#users.get(userId)?.rooms.delete(roomId);
    this.#removeMember(roomId, userId);
  }

  roomDeleted(roomId: string): void {
    for (const userId of this.membersHere(roomId)) this.left(roomId, userId);
  }

  /** Their last connection has closed, or their rooms have to be loaded again. */
  forget(userId: string): void {
    const entry = this.#users.get(userId);
    this.#users.delete(userId);
    for (const roomId of entry?.rooms ?? []) this.#removeMember(roomId, userId);
  }

  #begin(userId: string): Entry {
    const entry: Entry = { rooms: new Set(), loaded: Promise.resolve() };
    entry.loaded = this.#ask(entry, userId).catch((error: unknown) => {
      if (this.#users.get(userId) === entry) this.forget(userId);
      throw error;
    });
    this.#users.set(userId, entry);
    return entry;
  }

  async #ask(entry: Entry, userId: string): Promise<void> {
    const { roomIds } = await ask(this.#bus, calls.getUserRooms, { userId, direct: false });
    if (this.#users.get(userId) !== entry) return;
    // Events that arrived while we asked are later than the answer.
    for (const roomId of roomIds)
      if (!this.#memberships.isOut(roomId, userId)) this.#add(entry, roomId, userId);
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
