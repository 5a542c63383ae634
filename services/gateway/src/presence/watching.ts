import type { MissedPeriod } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import { HeldSeats } from './held-seats.ts';
import { JoinedRooms, type WatchedRoom } from './joined-rooms.ts';
import type { Gone, HeldPresenceStore, Person, Seat } from './presence-store.ts';
import type { SignalRate } from './signal-rate.ts';
import { nameOf, type Passage, passageOf, type RoomSeat, type Watch, watchOf } from './watch.ts';

const sweepEveryMs = 5_000;

export interface WatchingOptions {
  store: HeldPresenceStore;
  leaseMs: number;
  /**
   * For connections of a draining gateway, so that they reappear on another before the others see
   * them leave.
   */
  graceMs: number;
  clock: Clock;
  logger: Logger;
  signalRate: SignalRate;
  connectionsOf: (userId: string) => readonly Connection[];
  announce: (passage: Passage) => Promise<void>;
  /** Called when a connection leaves a room and stays open. */
  onStop: (connection: Connection, roomId: string) => void;
  /** Called with the users who may have missed messages. */
  onMissed: (missed: readonly MissedPeriod[]) => void;
  /** The rooms that one connection can be in. */
  maxRooms: number;
  /** The time after which a dead connection has been detected. */
  maxSilenceMs: number;
}

/**
 * Tracks who is in which room on any gateway. Users in a room get no notifications of it. A
 * connection is in the rooms that it has joined and uses: the last `maxRooms` of them. The others
 * are in the background. Stored per connection and room, under one lease of this gateway: renewing
 * it costs the same however many there are. The next renewal repairs what could not be stored.
 *
 * A dead connection counts until it is detected, and a lost gateway's connections until their
 * leases end. Then the users' missed periods are reported, so that notifications follow.
 */
export class Watching {
  readonly #options: WatchingOptions;
  readonly #held: HeldSeats<RoomSeat>;
  readonly #joined = new Map<Connection, JoinedRooms>();
  /** Of the rooms in the foreground. */
  readonly #seats = new Map<Connection, Map<string, RoomSeat>>();
  /** Users whose last lease in a room has lapsed, until it is reported. */
  #lapsed: Gone[] = [];
  /** After an outage of the store, every gateway has renewed its leases by then. */
  #settledAt = 0;
  #renewing = false;
  readonly #timers: NodeJS.Timeout[];

  constructor(options: WatchingOptions) {
    this.#options = options;
    this.#held = new HeldSeats(options);
    this.#timers = [
      setInterval(() => void this.#renewAll(), options.leaseMs / 3),
      setInterval(() => void this.#takeExpired(), sweepEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /**
   * The connection joined these rooms. Resolves when the store has it, or is away.
   * @param announce false if the arrival is announced otherwise
   */
  async start(connection: Connection, rooms: readonly WatchedRoom[], announce = true): Promise<void> {
    const joined = this.#joined.get(connection) ?? new JoinedRooms();
    for (const room of rooms) joined.use(room);
    if (joined.size === 0) return;
    this.#joined.set(connection, joined);
    await this.#enterLatest(connection, new Set(rooms), announce);
  }

  /** The client uses a room. If the connection has joined it, it is in that room again. */
  used(connection: Connection, roomId: string): void {
    const joined = this.#joined.get(connection);
    const room = joined?.find(roomId);
    if (!joined || !room) return;
    joined.use(room);
    if (!this.#seats.get(connection)?.has(roomId)) void this.#enterLatest(connection);
  }

  /** @param again rooms that are stored again, even if the connection is in them */
  async #enterLatest(
    connection: Connection,
    again: ReadonlySet<WatchedRoom> = new Set(),
    announce = true,
  ): Promise<void> {
    const latest = this.#joined.get(connection)?.latest(this.#options.maxRooms) ?? [];
    const seats = this.#seats.get(connection) ?? new Map<string, RoomSeat>();
    const stale = new Map(seats);
    for (const { id } of latest) stale.delete(id);
    for (const roomId of stale.keys()) seats.delete(roomId);
    const left = stale.size > 0 ? this.#release([...stale.values()]) : undefined;
    const entering = latest.filter((room) => !seats.has(room.id));
    const allows = this.#options.signalRate.entering(connection.caller.userId, entering);
    for (const room of entering) seats.set(room.id, this.#newSeat(connection, room, allows));
    if (seats.size > 0) this.#seats.set(connection, seats);
    const taken = latest.filter((room) => entering.includes(room) || again.has(room));
    const stored = taken.flatMap(({ id }) => seats.get(id) ?? []);
    await Promise.all([left, this.#hold(connection, stored, announce)]);
  }

  #newSeat(
    { caller: { userId }, id: connectionId }: Connection,
    room: WatchedRoom,
    allows: (room: WatchedRoom) => Promise<boolean>,
  ): RoomSeat {
    return {
      userId: nameOf({ roomId: room.id, userId }),
      username: '',
      connectionId,
      roomId: room.id,
      startedAt: this.#options.clock(),
      mayAnnounce: this.#mayAnnounce(userId, room, allows),
      isKnown: false,
    };
  }

  /**
   * Nothing is announced in direct rooms, because one user may have blocked the other, nor of a
   * user who comes too often, or to a large room where many come. Other connections of a user who
   * is here are not announced anyway.
   */
  async #mayAnnounce(
    userId: string,
    room: WatchedRoom,
    allows: (room: WatchedRoom) => Promise<boolean>,
  ): Promise<boolean> {
    if (room.kind === 'direct') return false;
    const [here] = this.#seatsHere(userId, room.id);
    return here ? here.mayAnnounce : allows(room);
  }

  /** Also in the background. */
  hasJoined(connection: Connection, roomId: string): boolean {
    return this.#joined.get(connection)?.find(roomId) !== undefined;
  }

  /** Of the user's connections to this gateway. */
  #seatsHere(userId: string, roomId: string): RoomSeat[] {
    return this.#options
      .connectionsOf(userId)
      .flatMap((connection) => this.#seats.get(connection)?.get(roomId) ?? []);
  }

  /** The connection left the room, or its user was removed. */
  async stop(connection: Connection, roomId: string): Promise<void> {
    this.#options.onStop(connection, roomId);
    const joined = this.#joined.get(connection);
    if (!joined?.leave(roomId)) return;
    if (joined.size === 0) this.#joined.delete(connection);
    // Another room may come to the foreground.
    await this.#enterLatest(connection);
  }

  /**
   * @param how.comesBack this gateway closed it, and it will reconnect to another
   * @param how.byClient the client closed it, so it has missed nothing
   */
  closed(connection: Connection, how: { comesBack: boolean; byClient: boolean }): void {
    const seats = [...(this.#seats.get(connection)?.values() ?? [])];
    this.#seats.delete(connection);
    this.#joined.delete(connection);
    if (seats.length === 0) return;
    if (how.comesBack) void this.#release(seats, this.#options.graceMs);
    else if (how.byClient) void this.#release(seats);
    else void this.#lost(connection, seats);
  }

  /** Answers which of these users are in these rooms. */
  async among(watches: readonly Watch[]): Promise<Watch[]> {
    const found = (await this.#try(() => this.#options.store.online(watches.map(nameOf)))) ?? new Set();
    return watches.filter((watch) => found.has(nameOf(watch)));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #release(seats: readonly RoomSeat[], graceMs = 0): Promise<void> {
    await this.#try(() => this.#held.release(seats, graceMs));
    // An expired lease counts until it is removed.
    if (graceMs === 0) await this.#takeExpired(seats);
  }

  /** Unless another connection was there, the client may have missed what it has not confirmed. */
  async #lost({ caller: { userId }, confirmedAt }: Connection, seats: readonly RoomSeat[]): Promise<void> {
    const othersCame = await this.#try(() => this.#held.release(seats, 0));
    const missed = seats.flatMap((seat): MissedPeriod[] => {
      const otherCameAt = othersCame?.get(seat);
      const since = Math.max(confirmedAt, seat.startedAt);
      if (otherCameAt !== undefined && otherCameAt <= since) return [];
      const until = otherCameAt === undefined ? {} : { until: isoTime(otherCameAt) };
      return [{ roomId: seat.roomId, userId, since: isoTime(since), ...until }];
    });
    // Reported after the release, so that each message counts as missed or finds nobody watching.
    await this.#takeExpired(seats);
    this.#options.onMissed(missed);
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

  async #hold(connection: Connection, seats: readonly RoomSeat[], announce: boolean): Promise<void> {
    await Promise.all(
      seats.map(async (seat) => {
        // An empty name marks seats that are not announced.
        if (await seat.mayAnnounce) seat.username = connection.caller.username;
        seat.isKnown = true;
      }),
    );
    const present = seats.filter((seat) => this.#seats.get(connection)?.get(seat.roomId) === seat);
    const came = await this.#try(() => this.#held.hold(present));
    if (announce) void this.#announceAll('came', came ?? []);
  }

  /** @param near only what concerns these seats */
  async #takeExpired(near?: readonly Seat[]): Promise<void> {
    const names = near?.map(({ userId }) => userId);
    const gone = (await this.#try(() => this.#options.store.takeExpired(names))) ?? [];
    void this.#announceGone(gone);
    this.#lapsed.push(...gone.filter(({ lapsedAt }) => lapsedAt !== undefined));
    if (this.#lapsed.length > 0 && this.#options.clock() >= this.#settledAt) await this.#reportLapsed();
  }

  /** Users who are watching again have resumed on another gateway, or the store was away. */
  async #reportLapsed(): Promise<void> {
    const lapsed = this.#lapsed;
    this.#lapsed = [];
    const back = await this.#try(() => this.#options.store.online(lapsed.map(({ userId }) => userId)));
    this.#options.onMissed(
      lapsed.flatMap(({ userId: name, lapsedAt = 0 }) =>
        back?.has(name)
          ? []
          : [
              {
                ...watchOf(name),
                since: isoTime(lapsedAt - this.#options.leaseMs - this.#options.maxSilenceMs),
              },
            ],
      ),
    );
  }

  #announceAll(what: Passage['what'], people: readonly Person[]): Promise<unknown> {
    const named = people.filter(({ username }) => username !== '');
    return Promise.all(
      named.map((person) => this.#try(() => this.#options.announce(passageOf(person, what)))),
    );
  }

  /**
   * A user may come back on another gateway at the same time. That gateway's announcement can
   * arrive before this one, so it is then repeated.
   */
  async #announceGone(gone: readonly Person[]): Promise<void> {
    await this.#announceAll('went', gone);
    const elsewhere = gone.filter(({ userId: name }) => {
      const { roomId, userId } = watchOf(name);
      return this.#seatsHere(userId, roomId).length === 0;
    });
    if (elsewhere.length === 0) return;
    const back = await this.#try(() => this.#options.store.online(elsewhere.map(({ userId }) => userId)));
    void this.#announceAll(
      'came',
      elsewhere.filter(({ userId }) => back?.has(userId)),
    );
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#settledAt = this.#options.clock() + this.#options.leaseMs / 2;
      this.#options.logger.debug(
        { err: error },
        'presence in rooms not updated; the next renewal repairs it',
      );
      return undefined;
    }
  }
}

const isoTime = (ms: number): string => new Date(ms).toISOString();
