import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Database } from '@parley/database';
import { assertMayRead, type Standing } from '../domain/standing.ts';
import type { RoomStore } from '../stores/room-store.ts';

/** Concurrent calls to the directory for one request. */
const callsAtOnce = 8;
/** Users per call, the limit of the call's contract. */
const usersPerCall = 500;

export interface Pair {
  roomId: string;
  userId: string;
}

/**
 * Looks up users' rights in rooms in our read model. For users it does not know (who joined a
 * millisecond ago, for example), it calls the directory and stores the answer.
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

  /**
   * In the order of `pairs`. Null: the room does not exist. An Error: the call to the directory
   * failed.
   */
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

  /** Calls the directory for each page of users; returns the errors of the rooms that failed. */
  async #learn(pairs: readonly Pair[]): Promise<Map<string, Error>> {
    const usersOf = new Map<string, Set<string>>();
    for (const { roomId, userId } of pairs)
      usersOf.set(roomId, (usersOf.get(roomId) ?? new Set()).add(userId));
    const failures = new Map<string, Error>();
    const left = [...usersOf].flatMap(([roomId, users]) => pagesOf(roomId, [...users]));
    const next = async (): Promise<void> => {
      for (let page = left.pop(); page; page = left.pop()) {
        try {
          await this.#ask(page.roomId, page.userIds);
        } catch (error) {
          failures.set(page.roomId, error instanceof Error ? error : new Error(String(error)));
        }
      }
    };
    await Promise.all(Array.from({ length: callsAtOnce }, next));
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

function pagesOf(roomId: string, userIds: readonly string[]): { roomId: string; userIds: string[] }[] {
  const pages = [];
  for (let start = 0; start < userIds.length; start += usersPerCall)
    pages.push({ roomId, userIds: userIds.slice(start, start + usersPerCall) });
  return pages;
}
