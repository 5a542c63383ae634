import { roomKey } from '@parley/backplane';
import { chunks } from '@parley/runtime/async';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';
import type { GatewayContext } from '../context.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import type { UserRooms } from '../membership/user-rooms.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';

interface Context extends Pick<GatewayContext, 'config' | 'redis' | 'clock' | 'logger'> {
  rooms: SubscriptionTable;
  subscriptions: Subscriptions;
  userRooms: UserRooms;
}

interface Told {
  online: number;
  connections: WeakSet<Connection>;
}

/** Rooms counted at once. */
const roomsAtOnce = 500;
/** A period's sums stay for the next one, on gateways whose clocks differ. */
const keptPeriods = 4;

/**
 * Sends the connections in large rooms the number of members online: everybody's statuses would add
 * up to n² deliveries. In each period of `PRESENCE_LEASE`, every gateway adds its members to the
 * room's sum in Redis, once, and reads the sum of the period before. A lost gateway thus counts for
 * one more period.
 */
export class RoomCounts {
  readonly #context: Context;
  readonly #periodMs: number;
  /** Each gateway counts at its own time within a period. */
  readonly #offset = 0.1 + Math.random() * 0.8;
  /** By room. */
  readonly #told = new Map<string, Told>();
  #timer: NodeJS.Timeout | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#periodMs = context.config.PRESENCE_LEASE;
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const now = this.#context.clock();
    const period = Math.floor(now / this.#periodMs);
    const nextAt = (period + 1 + this.#offset) * this.#periodMs;
    this.#timer = setTimeout(() => {
      this.#schedule();
      void this.#count(period + 1);
    }, nextAt - now).unref();
  }

  async #count(period: number): Promise<void> {
    const { rooms, userRooms } = this.#context;
    for (const roomId of this.#told.keys())
      if (rooms.at(roomKey(roomId)).size === 0) this.#told.delete(roomId);
    for (const roomIds of chunks(userRooms.largeHere(), roomsAtOnce)) {
      try {
        await Promise.all(roomIds.map((roomId) => this.#countRoom(roomId, period)));
      } catch (error) {
        // The next period counts again.
        this.#context.logger.debug({ err: error }, 'large rooms not counted');
      }
    }
  }

  async #countRoom(roomId: string, period: number): Promise<void> {
    const { redis, rooms, userRooms } = this.#context;
    const here = userRooms.membersHere(roomId).length;
    const isJoined = rooms.at(roomKey(roomId)).size > 0;
    if (!redis) {
      if (isJoined) this.#tell(roomId, here);
      return;
    }
    const { commands } = redis;
    const key = this.#key(roomId, period);
    const [sum] = await Promise.all([
      isJoined ? commands.get(this.#key(roomId, period - 1)) : null,
      commands.incrby(key, here),
      commands.pexpire(key, keptPeriods * this.#periodMs),
    ]);
    // Nobody has counted the period before.
    if (isJoined && sum !== null) this.#tell(roomId, Number(sum));
  }

  #tell(roomId: string, online: number): void {
    const { rooms, subscriptions, clock } = this.#context;
    const before = this.#told.get(roomId);
    const now = before?.online === online ? before : { online, connections: new WeakSet<Connection>() };
    this.#told.set(roomId, now);
    const frame = new Frame('room_presence', { roomId, online, timestamp: new Date(clock()).toISOString() });
    for (const connection of rooms.at(roomKey(roomId))) {
      if (now.connections.has(connection) || !subscriptions.sees(connection, roomId)) continue;
      now.connections.add(connection);
      connection.send(frame);
    }
  }

  #key(roomId: string, period: number): string {
    return `${this.#context.config.NAMESPACE}:online:${roomId}:${period}`;
  }
}
