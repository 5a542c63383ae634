import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { assertMayRead, type Standing } from '../domain/standing.ts';
import type { RoomStore } from '../stores/room-store.ts';

/** Questions to the directory that are under way for one asker. */
const questionsAtOnce = 8;

export interface Pair {
  roomId: string;
  userId: string;
}

/**
 * Who stands how in which room: from our own read model, and for those it does not know (a member who joined a millisecond ago) by one
 * question to the directory, whose answer is kept.
 */
export class RoomGuard {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #rooms: RoomStore;

  constructor(deps: { db: Database; bus: Bus; rooms: RoomStore }) {
    this.#db = deps.db;
    this.#bus = deps.bus;
    this.#rooms = deps.rooms;
  }

  /** In the order asked; null: there is no such room. An Error where the directory could not be asked. */
  async standings(pairs: readonly Pair[]): Promise<(Standing | null | Error)[]> {
    if (pairs.length === 0) return [];
    const known: (Standing | null | Error)[] = await this.#rooms.standings(this.#db, pairs);
    const missing = pairs.flatMap((pair, index) =>
      (known[index] as Standing | null)?.member ? [] : [{ pair, index }],
    );
    if (missing.length === 0) return known;
    const failures = await this.#learn(missing.map(({ pair }) => pair));
    const learned = await this.#rooms.standings(
      this.#db,
      missing.map(({ pair }) => pair),
    );
    for (const [position, { pair, index }] of missing.entries()) {
      known[index] = failures.get(pair.roomId) ?? learned[position] ?? null;
    }
    return known;
  }

  /** @throws AppError `room_not_found`, `not_authorized` */
  async reader(roomId: string, caller: { userId: string; organizationId: string | null }): Promise<Standing> {
    const [standing = null] = await this.standings([{ roomId, userId: caller.userId }]);
    if (standing instanceof Error) throw standing;
    assertMayRead(standing, caller.organizationId);
    return standing;
  }

  /** One question per room; answers the rooms that could not be asked about. */
  async #learn(pairs: readonly Pair[]): Promise<Map<string, Error>> {
    const usersOf = new Map<string, Set<string>>();
    for (const { roomId, userId } of pairs)
      usersOf.set(roomId, (usersOf.get(roomId) ?? new Set()).add(userId));
    const failures = new Map<string, Error>();
    const left = [...usersOf];
    const next = async (): Promise<void> => {
      for (let room = left.pop(); room; room = left.pop()) {
        const [roomId, users] = room;
        try {
          await this.#ask(roomId, [...users].slice(0, 500));
        } catch (error) {
          failures.set(roomId, error instanceof Error ? error : new Error(String(error)));
        }
      }
    };
    await Promise.all(Array.from({ length: questionsAtOnce }, next));
    return failures;
  }

  async #ask(roomId: string, userIds: string[]): Promise<void> {
    const { room, members } = await ask(this.#bus, calls.getMemberships, { roomId, userIds });
    if (!room) return;
    await this.#rooms.saveRooms(this.#db, [room]);
    // Both people of a direct room are needed to address its changes.
    const both =
      room.kind === 'direct'
        ? (await ask(this.#bus, calls.getRoomMembers, { roomId, limit: 2 })).members
        : [];
    await this.#rooms.saveMembers(
      this.#db,
      [...members, ...both].map((member) => ({ ...member, active: true })),
    );
  }
}
