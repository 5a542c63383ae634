import { roomKey, userKey } from '@parley/backplane';
import type { RoomState } from '@parley/contracts';
import type { Connection } from '../connections/connection.ts';
import type { DirectPeople } from '../membership/direct-people.ts';
import type { PresenceContext } from './presence-context.ts';

interface Context extends PresenceContext {
  people: DirectPeople;
}

interface Typing {
  room: RoomState;
  /** When it was last announced, or could not be because of the rate. */
  triedAt: number;
  timer: NodeJS.Timeout;
}

/** Continued typing is announced again after this time. */
const repeatAfterMs = 1_000;
/** Typing ends after this time without a new event. Clients repeat theirs within three seconds. */
const stopAfterMs = 5_000;
/** Rooms in which one connection can type at once. Beyond that, the earliest ends. */
const maxRooms = 20;

/**
 * Tracks who is typing in which room on this gateway's connections. A connection stops typing when
 * it sends a message, leaves, closes, or is silent for a few seconds. Its user stops when none of
 * their connections here types in that room any more. Typing beyond `SIGNAL_RATE` is not announced.
 * A killed gateway announces no end.
 */
export class Typists {
  readonly #context: Context;
  readonly #typing = new Map<Connection, Map<string, Typing>>();
  /** Rooms and users whose typing was announced and has not ended. */
  readonly #announced = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Resolves when it is announced, or needs no announcement. */
  async begin(connection: Connection, room: RoomState): Promise<void> {
    const now = this.#context.clock();
    const rooms = this.#typing.get(connection) ?? new Map<string, Typing>();
    let typing = rooms.get(room.id);
    if (typing) {
      typing.timer.refresh();
      if (now - typing.triedAt < repeatAfterMs) return;
      typing.triedAt = now;
    } else {
      const [earliest] = rooms.size >= maxRooms ? rooms.keys() : [];
      if (earliest) this.end(connection, earliest);
      const timer = setTimeout(() => this.end(connection, room.id), stopAfterMs).unref();
      typing = { room, triedAt: now, timer };
      this.#typing.set(connection, rooms.set(room.id, typing));
    }
    const { userId } = connection.caller;
    const isAllowed = await this.#context.signalRate.allows(room, userId);
    const hasEnded = this.#typing.get(connection)?.get(room.id) !== typing;
    if (!isAllowed || hasEnded) return;
    this.#announced.add(room.id + userId);
    this.#announce(connection, room, true);
  }

  /** Does nothing if the user was not typing. */
  end(connection: Connection, roomId: string): void {
    const rooms = this.#typing.get(connection);
    const typing = rooms?.get(roomId);
    if (!rooms || !typing) return;
    clearTimeout(typing.timer);
    rooms.delete(roomId);
    if (rooms.size === 0) this.#typing.delete(connection);
    if (this.#typesElsewhere(connection, roomId)) return;
    if (this.#announced.delete(roomId + connection.caller.userId))
      this.#announce(connection, typing.room, false);
  }

  closed(connection: Connection): void {
    for (const roomId of [...(this.#typing.get(connection)?.keys() ?? [])]) this.end(connection, roomId);
  }

  /** Ends the user's typing in the room on every connection. */
  endAll(userId: string, roomId: string): void {
    if (this.#typing.size === 0) return;
    for (const connection of this.#context.registry.ofUser(userId)) this.end(connection, roomId);
  }

  /** Whether the user types in that room on another connection. */
  #typesElsewhere({ caller: { userId } }: Connection, roomId: string): boolean {
    return this.#context.registry.ofUser(userId).some((other) => this.#typing.get(other)?.has(roomId));
  }

  #announce(connection: Connection, room: RoomState, isTyping: boolean): void {
    const { backplane, blocks, people, clock, logger } = this.#context;
    const { userId, username, isBot } = connection.caller;
    const timestamp = new Date(clock()).toISOString();
    const audience = async () =>
      room.kind === 'direct'
        ? { keys: (await people.others(room.id, userId)).map(userKey), exceptUsers: [] }
        : { keys: [roomKey(room.id)], exceptUsers: await blocks.of(userId) };
    audience().then(
      ({ keys: [key, ...others], exceptUsers }) => {
        if (key === undefined || exceptUsers === null) return;
        void backplane.publish([key, ...others], {
          event: 'user_typing',
          data: { userId, username, ...(isBot && { isBot }), roomId: room.id, isTyping, timestamp },
          exceptConnection: connection.id,
          exceptUsers,
          inRoom: room.id,
        });
      },
      (error: unknown) =>
        logger.debug({ err: error }, 'failed to look up who sees typing; it is not announced'),
    );
  }
}
