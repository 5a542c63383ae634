import type { Logger } from '@parley/runtime';
import type { Connection } from '../sockets/connection.ts';
import type { PresenceStore, Seat } from './presence-store.ts';

/** Somebody and a room. */
export interface Watch {
  roomId: string;
  userId: string;
}

const sweepEveryMs = 5_000;

/**
 * Who has which room open on some connection of the fleet, so that nobody is notified of what is before their eyes. To the store a person in a room
 * is one who is present, under a lease like presence itself. What cannot be stored now is put right by the next renewal.
 */
export class Watching {
  readonly #store: PresenceStore;
  readonly #leaseMs: number;
  readonly #logger: Logger;
  readonly #seats = new Map<Connection, Map<string, Seat>>();
  readonly #timers: NodeJS.Timeout[];

  constructor(deps: { store: PresenceStore; leaseMs: number; logger: Logger }) {
    this.#store = deps.store;
    this.#leaseMs = deps.leaseMs;
    this.#logger = deps.logger;
    this.#timers = [
      setInterval(() => this.#renewAll(), deps.leaseMs / 3),
      setInterval(() => void this.#try(() => this.#store.takeExpired()), sweepEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Resolves when it is known to all, or cannot be now. */
  async start(connection: Connection, roomId: string): Promise<void> {
    const seats = this.#seats.get(connection) ?? new Map<string, Seat>();
    const seat = { userId: nameOf({ roomId, userId: connection.caller.userId }), username: '', connectionId: connection.id };
    this.#seats.set(connection, seats.set(roomId, seat));
    await this.#try(() => this.#store.renew([seat], this.#leaseMs));
  }

  async stop(connection: Connection, roomId: string): Promise<void> {
    const seats = this.#seats.get(connection);
    const seat = seats?.get(roomId);
    if (!seats || !seat) return;
    seats.delete(roomId);
    await this.#release([seat]);
  }

  closed(connection: Connection): void {
    const seats = this.#seats.get(connection);
    this.#seats.delete(connection);
    if (seats) void this.#release([...seats.values()]);
  }

  /** Those of the pairs that are so. */
  async among(watches: readonly Watch[]): Promise<Watch[]> {
    const found = (await this.#try(() => this.#store.online(watches.map(nameOf)))) ?? new Set();
    return watches.filter((watch) => found.has(nameOf(watch)));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #release(seats: readonly Seat[]): Promise<void> {
    // A lease that is over counts until somebody takes it away.
    await this.#try(async () => {
      await Promise.all(seats.map((seat) => this.#store.release(seat, 0)));
      await this.#store.takeExpired();
    });
  }

  #renewAll(): void {
    const seats = [...this.#seats.values()].flatMap((ofConnection) => [...ofConnection.values()]);
    if (seats.length > 0) void this.#try(() => this.#store.renew(seats, this.#leaseMs));
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#logger.debug({ err: error }, 'who watches what has to wait');
      return undefined;
    }
  }
}

const nameOf = ({ roomId, userId }: Watch): string => `${roomId}/${userId}`;
