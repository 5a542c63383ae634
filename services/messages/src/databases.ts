import { shareOf } from '@parley/contracts';

/** Which database has each share of the rooms. */
export interface Shares {
  /** In the list of databases. @param share also a partition of `submissions` */
  placeOf(share: number): number;
  /** @throws AppError `unavailable` if this may be outdated */
  assertCurrent(): void;
  /** Resolves when the share may be written, which it may not be while it is moved. */
  untilWritable(share: number): Promise<void>;
}

const allAtHome: Shares = {
  placeOf: () => 0,
  assertCurrent: () => undefined,
  untilWritable: async () => undefined,
};

/**
 * The databases of the rooms: a room belongs to one of 64 shares by the hash of its id, and each
 * share is in one database. The first one is the home database, which also has everything that
 * belongs to users.
 */
export class Databases<D> {
  readonly home: D;
  /** The home database is the first. */
  readonly all: readonly D[];
  readonly #shares: Shares;

  /** @param shares @default all are in the home database */
  constructor(all: readonly [D, ...D[]], shares: Shares = allAtHome) {
    this.home = all[0];
    this.all = all;
    this.#shares = shares;
  }

  /** The same shares of something that is derived from each database. */
  map<E>(derive: (database: D) => E): Databases<E> {
    const [home, ...others] = this.all.map(derive) as [E, ...E[]];
    return new Databases([home, ...others], this.#shares);
  }

  /**
   * The database of a room.
   * @throws AppError `unavailable` if that is not known at present
   */
  of(roomId: string): D {
    this.#shares.assertCurrent();
    return this.ofShare(shareOf(roomId));
  }

  /**
   * For writers, whose database refuses what belongs to another one.
   * @param share also a partition of `submissions`, whose rooms belong to one share
   */
  ofShare(share: number): D {
    return this.all[this.#shares.placeOf(share)] ?? this.home;
  }

  /** Resolves when rooms may be written, which they may not be while they are moved. */
  async untilWritable(roomIds: readonly string[]): Promise<void> {
    for (const roomId of roomIds) await this.#shares.untilWritable(shareOf(roomId));
  }

  /** The same for a share, or a partition of `submissions`. */
  untilShareWritable(share: number): Promise<void> {
    return this.#shares.untilWritable(share);
  }

  /** Splits what concerns rooms by database, in its order. Other databases are not asked. */
  split<T extends OfRoom>(all: readonly T[]): [D, T[]][] {
    if (this.all.length === 1) return all.length > 0 ? [[this.home, [...all]]] : [];
    const parts = new Map<D, T[]>();
    for (const one of all) {
      const database = this.of(roomIdOf(one));
      const part = parts.get(database);
      if (part) part.push(one);
      else parts.set(database, [one]);
    }
    return [...parts];
  }

  /** Asks the databases of what concerns rooms at the same time, and lists the answers. */
  async gather<T extends OfRoom, R>(
    all: readonly T[],
    ask: (database: D, some: T[]) => Promise<readonly R[]>,
  ): Promise<R[]> {
    const answers = this.split(all).map(([database, some]) => ask(database, some));
    return (await Promise.all(answers)).flat();
  }

  /** Asks all databases at the same time, and lists what each answers about its own rooms. */
  async gatherAll<R extends OfRoom>(ask: (database: D) => Promise<readonly R[]>): Promise<R[]> {
    const answers = this.all.map(async (database) => this.ownOf(database, await ask(database)));
    return (await Promise.all(answers)).flat();
  }

  /**
   * Those about rooms of this database. It may also have copies of others' rooms, which are being
   * moved, and memberships of them, to which items of accounts belong.
   */
  ownOf<R extends OfRoom>(database: D, all: R[]): R[];
  ownOf<R extends OfRoom>(database: D, all: readonly R[]): readonly R[];
  ownOf<R extends OfRoom>(database: D, all: readonly R[]): readonly R[] {
    return this.all.length === 1 ? all : all.filter((one) => this.of(roomIdOf(one)) === database);
  }
}

/** A room's id, or something that names its room. */
type OfRoom = string | { roomId: string };
const roomIdOf = (one: OfRoom): string => (typeof one === 'string' ? one : one.roomId);
