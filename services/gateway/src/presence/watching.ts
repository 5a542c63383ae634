import type { RoomState } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { Person, PresenceStore, Seat } from './presence-store.ts';

/** A user in a room. */
export interface Watch {
  roomId: string;
  userId: string;
}

/** `came`: with the user's first connection in the room; `went`: with the last. */
export type Passage = Watch & { username: string; what: 'came' | 'went' };

const sweepEveryMs = 5_000;

/**
 * Tracks who is in which room on any gateway. Users in a room get no notifications of it, and see
 * who comes and goes. Stored like presence: one lease per connection and room. The next renewal
 * repairs what could not be stored.
 */
export class Watching {
  readonly #store: PresenceStore;
  readonly #leaseMs: number;
  readonly #graceMs: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #announce: (passage: Passage) => Promise<void>;
  readonly #onStop: (connection: Connection, roomId: string) => void;
  readonly #seats = new Map<Connection, Map<string, Seat>>();
  /** When our leases end, according to the last successful renewal. */
  readonly #leasedUntil = new WeakMap<Seat, number>();
  readonly #timers: NodeJS.Timeout[];

  /**
   * @param deps.graceMs for connections of a draining gateway, so that they reappear on another
   * before the others see them leave
   * @param deps.onStop called when a connection leaves a room and stays open
   */
  constructor(deps: {
    store: PresenceStore;
    leaseMs: number;
    graceMs: number;
    clock: Clock;
    logger: Logger;
    announce: (passage: Passage) => Promise<void>;
    onStop: (connection: Connection, roomId: string) => void;
  }) {
    this.#store = deps.store;
    this.#leaseMs = deps.leaseMs;
    this.#graceMs = deps.graceMs;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#announce = deps.announce;
    this.#onStop = deps.onStop;
    this.#timers = [
      setInterval(() => this.#renewAll(), deps.leaseMs / 3),
      setInterval(() => void this.#takeExpired(), sweepEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /**
   * Resolves when the store has it, or is away.
   * @param announce false if the arrival is announced otherwise
   */
  async start(
    connection: Connection,
    { id: roomId, kind }: Pick<RoomState, 'id' | 'kind'>,
    announce = true,
  ): Promise<void> {
    const { caller, id: connectionId } = connection;
    const seats = this.#seats.get(connection) ?? new Map<string, Seat>();
    // Nothing is announced in direct rooms, because one user may have blocked the other. An empty
    // name marks their seats.
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

  /** The connection left the room, or its user was removed. */
  async stop(connection: Connection, roomId: string): Promise<void> {
    this.#onStop(connection, roomId);
    const seats = this.#seats.get(connection);
    const seat = seats?.get(roomId);
    if (!seats || !seat) return;
    seats.delete(roomId);
    await this.#release([seat]);
  }

  /** @param comesBack this gateway closed it, and it will reconnect to another */
  closed(connection: Connection, comesBack: boolean): void {
    const seats = this.#seats.get(connection);
    this.#seats.delete(connection);
    if (seats) void this.#release([...seats.values()], comesBack ? this.#graceMs : 0);
  }

  /** Answers which of these users are in these rooms. */
  async among(watches: readonly Watch[]): Promise<Watch[]> {
    const found = (await this.#try(() => this.#store.online(watches.map(nameOf)))) ?? new Set();
    return watches.filter((watch) => found.has(nameOf(watch)));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #release(seats: readonly Seat[], graceMs = 0): Promise<void> {
    await this.#try(() => Promise.all(seats.map((seat) => this.#store.release(seat, graceMs))));
    // An expired lease counts until it is removed.
    if (graceMs === 0) await this.#takeExpired();
  }

  #renewAll(): void {
    const seats = [...this.#seats.values()].flatMap((ofConnection) => [...ofConnection.values()]);
    if (seats.length > 0) void this.#renew(seats, true);
  }

  async #renew(seats: readonly Seat[], announce: boolean): Promise<void> {
    await this.#try(async () => {
      const now = this.#clock();
      // A user with a valid lease comes anew only if the store lost its data. Their departure was
      // never announced.
      const remembered = new Set(
        seats.flatMap((seat) => ((this.#leasedUntil.get(seat) ?? 0) > now ? [seat.userId] : [])),
      );
      const came = await this.#store.renew(seats, this.#leaseMs);
      for (const seat of seats) this.#leasedUntil.set(seat, now + this.#leaseMs);
      if (announce)
        this.#announceAll(
          'came',
          came.filter(({ userId }) => !remembered.has(userId)),
        );
    });
  }

  async #takeExpired(): Promise<void> {
    this.#announceAll('went', (await this.#try(() => this.#store.takeExpired())) ?? []);
  }

  #announceAll(what: Passage['what'], people: readonly Person[]): void {
    for (const person of people)
      if (person.username !== '') void this.#try(() => this.#announce(passageOf(person, what)));
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#logger.debug({ err: error }, 'presence in rooms not updated; the next renewal repairs it');
      return undefined;
    }
  }
}

const nameOf = ({ roomId, userId }: Watch): string => `${roomId}/${userId}`;

function passageOf({ userId: name, username }: Person, what: Passage['what']): Passage {
  const [roomId = '', userId = ''] = name.split('/');
  return { roomId, userId, username, what };
}
