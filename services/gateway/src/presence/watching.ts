import type { RoomState } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { Person, PresenceStore, Seat } from './presence-store.ts';

/** Somebody and a room. */
export interface Watch {
  roomId: string;
  userId: string;
}

/** `came`: with their first connection in the room; `went`: with their last. */
export type Passage = Watch & { username: string; what: 'came' | 'went' };

const sweepEveryMs = 5_000;

/**
 * Who is in which room with some connection of the fleet, so that nobody is notified of what is before their eyes, and those in a room see who comes and
 * goes. To the store a person in a room is one who is present, under a lease like presence itself. What cannot be stored now is put right by the next
 * renewal.
 */
export class Watching {
  readonly #store: PresenceStore;
  readonly #leaseMs: number;
  readonly #graceMs: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #announce: (passage: Passage) => Promise<void>;
  readonly #seats = new Map<Connection, Map<string, Seat>>();
  /** Until when the leases of our seats last, as far as the store has told us. */
  readonly #leasedUntil = new WeakMap<Seat, number>();
  readonly #timers: NodeJS.Timeout[];

  /** @param deps.graceMs for connections of a gateway that drains: they come back on another before anybody sees them go */
  constructor(deps: {
    store: PresenceStore;
    leaseMs: number;
    graceMs: number;
    clock: Clock;
    logger: Logger;
    announce: (passage: Passage) => Promise<void>;
  }) {
    this.#store = deps.store;
    this.#leaseMs = deps.leaseMs;
    this.#graceMs = deps.graceMs;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#announce = deps.announce;
    this.#timers = [
      setInterval(() => this.#renewAll(), deps.leaseMs / 3),
      setInterval(() => void this.#takeExpired(), sweepEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Resolves when it is known to all, or cannot be now. @param announce false: that they came is told otherwise */
  async start(
    connection: Connection,
    { id: roomId, kind }: Pick<RoomState, 'id' | 'kind'>,
    announce = true,
  ): Promise<void> {
    const { caller, id: connectionId } = connection;
    const seats = this.#seats.get(connection) ?? new Map<string, Seat>();
    // In a direct room nobody is told: the other person may have been blocked. Those seats have no name to tell.
    const username = kind === 'direct' ? '' : caller.username;
    const seat = seats.get(roomId) ?? {
      userId: nameOf({ roomId, userId: caller.userId }),
      username,
      connectionId,
    };
    this.#seats.set(connection, seats.set(roomId, seat));
    await this.#renew([seat], announce);
  }

  isIn(connection: Connection, roomId: string): boolean {
    return this.#seats.get(connection)?.has(roomId) ?? false;
  }

  async stop(connection: Connection, roomId: string): Promise<void> {
    const seats = this.#seats.get(connection);
    const seat = seats?.get(roomId);
    if (!seats || !seat) return;
    seats.delete(roomId);
    await this.#release([seat]);
  }

  /** @param comesBack it is closed by us, to come back on another gateway */
  closed(connection: Connection, comesBack: boolean): void {
    const seats = this.#seats.get(connection);
    this.#seats.delete(connection);
    if (seats) void this.#release([...seats.values()], comesBack ? this.#graceMs : 0);
  }

  /** Those of the pairs that are so. */
  async among(watches: readonly Watch[]): Promise<Watch[]> {
    const found = (await this.#try(() => this.#store.online(watches.map(nameOf)))) ?? new Set();
    return watches.filter((watch) => found.has(nameOf(watch)));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #release(seats: readonly Seat[], graceMs = 0): Promise<void> {
    await this.#try(() => Promise.all(seats.map((seat) => this.#store.release(seat, graceMs))));
    // A lease that is over counts until somebody takes it away.
    if (graceMs === 0) await this.#takeExpired();
  }

  #renewAll(): void {
    const seats = [...this.#seats.values()].flatMap((ofConnection) => [...ofConnection.values()]);
    if (seats.length > 0) void this.#renew(seats, true);
  }

  async #renew(seats: readonly Seat[], announce: boolean): Promise<void> {
    await this.#try(async () => {
      const now = this.#clock();
      // Whose lease lasts can only come again if the store has forgotten them: nobody has been told that they went.
      const remembered = new Set(
        seats.flatMap((seat) => ((this.#leasedUntil.get(seat) ?? 0) > now ? [seat.userId] : [])),
      );
      const came = await this.#store.renew(seats, this.#leaseMs);
      for (const seat of seats) this.#leasedUntil.set(seat, now + this.#leaseMs);
      if (announce)
        this.#tellAll(
          'came',
          came.filter(({ userId }) => !remembered.has(userId)),
        );
    });
  }

  async #takeExpired(): Promise<void> {
    this.#tellAll('went', (await this.#try(() => this.#store.takeExpired())) ?? []);
  }

  #tellAll(what: Passage['what'], people: readonly Person[]): void {
    for (const person of people)
      if (person.username !== '') void this.#try(() => this.#announce(passageOf(person, what)));
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

function passageOf({ userId: name, username }: Person, what: Passage['what']): Passage {
  const [roomId = '', userId = ''] = name.split('/');
  return { roomId, userId, username, what };
}
