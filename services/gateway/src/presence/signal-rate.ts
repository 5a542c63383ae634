import type { RoomState } from '@parley/contracts';
import type { Rate } from '@parley/runtime';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

type Limiter = RateLimiterMemory | RateLimiterRedis | undefined;

/** A room and its size, which is unknown to a directory of the last release. */
export type SignalledRoom = Pick<RoomState, 'id' | 'memberCount'>;

interface Rates {
  /** `SIGNAL_RATE`: of each user in each room. */
  ofUser: Rate | 'off';
  /** `ROOM_SIGNAL_RATE`: of all users of a room with more than `upTo` members. */
  ofRoom: Rate | 'off';
  upTo: number;
}

/** Rooms with more than this multiple of `upTo` members announce nothing. */
const silentFactor = 10;

/**
 * Limits how often users are announced to the others in a room: that they type, and that they came.
 * Redis counts for all gateways, and so for all connections of the user. While it is away, and for
 * a single gateway, each process counts by itself.
 *
 * Refuses nothing: beyond it, both take effect unannounced. Each announcement has at most one end,
 * which is not counted. The room's writer keeps a budget of its own for messages, edits and
 * reactions: the contract `rooms` allows five messages, and typing them must not use those up.
 *
 * In a room of n members, n users cause n announcements of n deliveries each. A large room
 * therefore announces a sample, and a very large one nothing.
 */
export class SignalRate {
  readonly #rates: Rates;
  readonly #ofUser: Limiter;
  readonly #ofRoom: Limiter;

  constructor(rates: Rates, options: { redis: Redis | Cluster | undefined; namespace: string }) {
    this.#rates = rates;
    this.#ofUser = limiter(rates.ofUser, options.redis, `${options.namespace}:signals`);
    this.#ofRoom = limiter(rates.ofRoom, options.redis, `${options.namespace}:room-signals`);
  }

  /** Counts an announcement, if it is allowed. */
  async allows(room: SignalledRoom, userId: string): Promise<boolean> {
    const isLarge = this.#isLarge(room);
    if (isLarge && (room.memberCount ?? 0) > this.#rates.upTo * silentFactor) return false;
    // The user first: a user beyond their own rate must not use up the room's.
    if (!(await takes(this.#ofUser, `${room.id}/${userId}`))) return false;
    return !isLarge || takes(this.#ofRoom, room.id);
  }

  /**
   * Whether a user who enters these rooms at once is announced in one of them. Many rooms count as
   * one announcement, and large ones among them announce nothing, so the cost does not depend on
   * their number.
   */
  entering(userId: string, rooms: readonly SignalledRoom[]): (room: SignalledRoom) => Promise<boolean> {
    if (rooms.length < 2) return (room) => this.allows(room, userId);
    let counted: Promise<boolean> | undefined;
    return async (room) => {
      if (this.#isLarge(room)) return false;
      counted ??= takes(this.#ofUser, userId);
      return counted;
    };
  }

  #isLarge({ memberCount = 0 }: SignalledRoom): boolean {
    return memberCount > this.#rates.upTo && this.#rates.ofRoom !== 'off';
  }
}

function limiter(rate: Rate | 'off', redis: Redis | Cluster | undefined, keyPrefix: string): Limiter {
  if (rate === 'off') return undefined;
  // Redis expires keys by the second.
  const limits = { points: rate.limit, duration: Math.ceil(rate.windowMs / 1_000) };
  const memory = new RateLimiterMemory(limits);
  if (!redis) return memory;
  return new RateLimiterRedis({
    ...limits,
    storeClient: redis,
    keyPrefix,
    // Once a key is over the rate, further signals cost no command.
    inMemoryBlockOnConsumed: rate.limit + 1,
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
  });
}

async function takes(limiter: Limiter, key: string): Promise<boolean> {
  try {
    await limiter?.consume(key);
    return true;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return false;
    throw refusal;
  }
}
