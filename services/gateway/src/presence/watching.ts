import type { MissedPeriod, RoomState } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import { HeldSeats } from './held-seats.ts';
import type { Gone, HeldPresenceStore, Person, Seat } from './presence-store.ts';
import type { SignalRate } from './signal-rate.ts';

/** A user in a room. */
export interface Watch {
  roomId: string;
  userId: string;
}

/** `came`: with the user's first connection in the room; `went`: with the last. */
export type Passage = Watch & { username: string; what: 'came' | 'went' };

interface RoomSeat extends Seat {
  roomId: string;
  startedAt: number;
  /** Whether coming and going may be announced. The seat is stored when this is known. */
  mayAnnounce: Promise<boolean>;
  isKnown: boolean;
}

const sweepEveryMs = 5_000;

/**
 * Tracks who is in which room on any gateway. Users in a room get no notifications of it, and see
 * who comes and goes. Stored per connection and room, under one lease of this gateway: renewing it
 * costs the same however many rooms are joined. The next renewal repairs what could not be stored.
 *
 * A dead connection counts until it is detected, and a lost gateway's connections until their
 * leases end. Then the users' missed periods are reported, so that notifications follow.
 */
export class Watching {
  readonly #store: HeldPresenceStore;
  readonly #held: HeldSeats<RoomSeat>;
  readonly #leaseMs: number;
  readonly #graceMs: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #signalRate: SignalRate;
  readonly #connectionsOf: (userId: string) => readonly Connection[];
  readonly #announce: (passage: Passage) => Promise<void>;
  readonly #onStop: (connection: Connection, roomId: string) => void;
  readonly #onMissed: (missed: readonly MissedPeriod[]) => void;
  readonly #maxSilenceMs: number;
  readonly #seats = new Map<Connection, Map<string, RoomSeat>>();
  /** Users whose last lease in a room has lapsed, until it is reported. */
  #lapsed: Gone[] = [];
  /** After an outage of the store, every gateway has renewed its leases by then. */
  #settledAt = 0;
  #renewing = false;
  readonly #timers: NodeJS.Timeout[];

  /**
   * @param deps.graceMs for connections of a draining gateway, so that they reappear on another
   * before the others see them leave
   * @param deps.onStop called when a connection leaves a room and stays open
   * @param deps.onMissed called with the users who may have missed messages
   * @param deps.maxSilenceMs the time after which a dead connection has been detected
   */
  constructor(deps: {
    store: HeldPresenceStore;
    leaseMs: number;
    graceMs: number;
    clock: Clock;
    logger: Logger;
    signalRate: SignalRate;
    connectionsOf: (userId: string) => readonly Connection[];
    announce: (passage: Passage) => Promise<void>;
    onStop: (connection: Connection, roomId: string) => void;
    onMissed: (missed: readonly MissedPeriod[]) => void;
    maxSilenceMs: number;
  }) {
    this.#store = deps.store;
    this.#held = new HeldSeats(deps);
    this.#leaseMs = deps.leaseMs;
    this.#graceMs = deps.graceMs;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#signalRate = deps.signalRate;
    this.#connectionsOf = deps.connectionsOf;
    this.#announce = deps.announce;
    this.#onStop = deps.onStop;
    this.#onMissed = deps.onMissed;
    this.#maxSilenceMs = deps.maxSilenceMs;
    this.#timers = [
      setInterval(() => void this.#renewAll(), deps.leaseMs / 3),
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
    room: Pick<RoomState, 'id' | 'kind' | 'memberCount'>,
    announce = true,
  ): Promise<void> {
    const roomId = room.id;
    const { caller, id: connectionId } = connection;
    const seats = this.#seats.get(connection) ?? new Map<string, RoomSeat>();
    const seat = seats.get(roomId) ?? {
      userId: nameOf({ roomId, userId: caller.userId }),
      username: '',
      connectionId,
      roomId,
      startedAt: this.#clock(),
      mayAnnounce: this.#mayAnnounce(caller.userId, room),
      isKnown: false,
    };
    this.#seats.set(connection, seats.set(roomId, seat));
    // An empty name marks seats that are not announced.
    if (await seat.mayAnnounce) seat.username = caller.username;
    seat.isKnown = true;
    if (this.#seats.get(connection)?.get(roomId) === seat) await this.#hold(seat, announce);
  }

  /**
   * Nothing is announced in direct rooms, because one user may have blocked the other, nor of a
   * user who comes too often, or to a large room where many come. Other connections of a user who
   * is here are not announced anyway.
   */
  async #mayAnnounce(userId: string, room: Pick<RoomState, 'id' | 'kind' | 'memberCount'>): Promise<boolean> {
    if (room.kind === 'direct') return false;
    const [here] = this.#seatsHere(userId, room.id);
    return here ? here.mayAnnounce : this.#signalRate.allows(room, userId);
  }

  isIn(connection: Connection, roomId: string): boolean {
    return this.#seats.get(connection)?.has(roomId) ?? false;
  }

  /** Whether a connection of the user to this gateway is in the room. Others are not announced. */
  #isHere(userId: string, roomId: string): boolean {
    return this.#seatsHere(userId, roomId).length > 0;
  }

  #seatsHere(userId: string, roomId: string): RoomSeat[] {
    return this.#connectionsOf(userId).flatMap(
      (connection) => this.#seats.get(connection)?.get(roomId) ?? [],
    );
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

  /**
   * @param how.comesBack this gateway closed it, and it will reconnect to another
   * @param how.byClient the client closed it, so it has missed nothing
   */
  closed(connection: Connection, how: { comesBack: boolean; byClient: boolean }): void {
    const seats = [...(this.#seats.get(connection)?.values() ?? [])];
    this.#seats.delete(connection);
    if (seats.length === 0) return;
    if (how.comesBack) void this.#release(seats, this.#graceMs);
    else if (how.byClient) void this.#release(seats);
    else void this.#lost(connection, seats);
  }

  /** Answers which of these users are in these rooms. */
  async among(watches: readonly Watch[]): Promise<Watch[]> {
    const found = (await this.#try(() => this.#store.online(watches.map(nameOf)))) ?? new Set();
    return watches.filter((watch) => found.has(nameOf(watch)));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #release(seats: readonly RoomSeat[], graceMs = 0): Promise<void> {
    await this.#try(() => Promise.all(seats.map((seat) => this.#held.release(seat, graceMs))));
    // An expired lease counts until it is removed.
    if (graceMs === 0) await this.#takeExpired(seats);
  }

  /** Unless another connection was there, the client may have missed what it has not confirmed. */
  async #lost({ caller: { userId }, confirmedAt }: Connection, seats: readonly RoomSeat[]): Promise<void> {
    const missed = await Promise.all(
      seats.map(async (seat): Promise<MissedPeriod[]> => {
        const otherCameAt = await this.#try(() => this.#held.release(seat, 0));
        const since = Math.max(confirmedAt, seat.startedAt);
        if (otherCameAt !== undefined && otherCameAt <= since) return [];
        const until = otherCameAt === undefined ? {} : { until: isoTime(otherCameAt) };
        return [{ roomId: seat.roomId, userId, since: isoTime(since), ...until }];
      }),
    );
    // Reported after the release, so that each message counts as missed or finds nobody watching.
    await this.#takeExpired(seats);
    this.#onMissed(missed.flat());
  }

  async #renewAll(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    const came = await this.#try(() => this.#held.renew(() => this.#knownSeats()));
    void this.#announceAll('came', came ?? []);
    this.#renewing = false;
  }

  #knownSeats(): RoomSeat[] {
    const all = [...this.#seats.values()].flatMap((ofConnection) => [...ofConnection.values()]);
    return all.filter(({ isKnown }) => isKnown);
  }

  async #hold(seat: RoomSeat, announce: boolean): Promise<void> {
    const came = await this.#try(() => this.#held.hold([seat]));
    if (announce) void this.#announceAll('came', came ?? []);
  }

  /** @param near only what concerns these seats */
  async #takeExpired(near?: readonly Seat[]): Promise<void> {
    const names = near?.map(({ userId }) => userId);
    const gone = (await this.#try(() => this.#store.takeExpired(names))) ?? [];
    void this.#announceGone(gone);
    this.#lapsed.push(...gone.filter(({ lapsedAt }) => lapsedAt !== undefined));
    if (this.#lapsed.length > 0 && this.#clock() >= this.#settledAt) await this.#reportLapsed();
  }

  /** Users who are watching again have resumed on another gateway, or the store was away. */
  async #reportLapsed(): Promise<void> {
    const lapsed = this.#lapsed;
    this.#lapsed = [];
    const back = await this.#try(() => this.#store.online(lapsed.map(({ userId }) => userId)));
    this.#onMissed(
      lapsed.flatMap(({ userId: name, lapsedAt = 0 }) =>
        back?.has(name)
          ? []
          : [{ ...watchOf(name), since: isoTime(lapsedAt - this.#leaseMs - this.#maxSilenceMs) }],
      ),
    );
  }

  #announceAll(what: Passage['what'], people: readonly Person[]): Promise<unknown> {
    const named = people.filter(({ username }) => username !== '');
    return Promise.all(named.map((person) => this.#try(() => this.#announce(passageOf(person, what)))));
  }

  /**
   * A user may come back on another gateway at the same time. That gateway's announcement can
   * arrive before this one, so it is then repeated.
   */
  async #announceGone(gone: readonly Person[]): Promise<void> {
    await this.#announceAll('went', gone);
    const elsewhere = gone.filter(({ userId: name }) => {
      const { roomId, userId } = watchOf(name);
      return !this.#isHere(userId, roomId);
    });
    if (elsewhere.length === 0) return;
    const back = await this.#try(() => this.#store.online(elsewhere.map(({ userId }) => userId)));
    void this.#announceAll(
      'came',
      elsewhere.filter(({ userId }) => back?.has(userId)),
    );
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#settledAt = this.#clock() + this.#leaseMs / 2;
      this.#logger.debug({ err: error }, 'presence in rooms not updated; the next renewal repairs it');
      return undefined;
    }
  }
}

const nameOf = ({ roomId, userId }: Watch): string => `${roomId}/${userId}`;

function watchOf(name: string): Watch {
  const [roomId = '', userId = ''] = name.split('/');
  return { roomId, userId };
}

const passageOf = ({ userId: name, username }: Person, what: Passage['what']): Passage => ({
  ...watchOf(name),
  username,
  what,
});

const isoTime = (ms: number): string => new Date(ms).toISOString();
