import { newId } from '@parley/runtime';
import { chunks } from '@parley/runtime/async';
import type { Cluster, Redis } from 'ioredis';
import { type HeldScripts, heldScripts } from './held-scripts.ts';
import type { Gone, HeldPresenceStore, Person, Seat } from './presence-store.ts';
import { expireLimit, RedisPresence, renewLimit, toGone } from './redis-presence.ts';
import { allShards, gather, groupByShard, keysOf, people, prefixOf, shardsNear } from './redis-shards.ts';

/**
 * The end of a held member in `leases`, if its gateway's lease does not end it before. Limits what
 * is left behind when no gateway of this release runs any more.
 */
const distantMs = 600_000;

/** Bounds one call of `takeExpired`, if lost gateways held very much; the next call continues. */
const maxRounds = 50;

/** A gateway's lease costs one command per shard and renewal, whatever it holds. */
export class RedisHeldPresence implements HeldPresenceStore {
  readonly #leases: RedisPresence;
  readonly #scripts: HeldScripts;
  readonly #namespace: string;
  readonly #gateway = newId();
  /** Shards where this gateway has a lease, as far as it knows. */
  readonly #leased = new Set<number>();
  /** Everything must be held again: some of it may be lost, or its distant end comes near. */
  #isStale = false;
  #staleAt = performance.now() + distantMs / 3;
  /** See `RedisPresence`. */
  readonly #came: Person[] = [];
  readonly #gone: Gone[] = [];

  constructor(redis: Redis | Cluster, namespace: string) {
    this.#leases = new RedisPresence(redis, namespace);
    this.#scripts = heldScripts(redis);
    this.#namespace = namespace;
  }

  async hold(seats: readonly Seat[], leaseMs: number): Promise<Person[]> {
    return gather(
      this.#came,
      [...groupByShard(seats, (seat) => seat.userId)].flatMap(([shard, ofShard]) =>
        chunks(ofShard, renewLimit).map(async (chunk) => {
          const args = chunk.flatMap(({ userId, username, connectionId }) => [
            userId,
            username,
            connectionId,
          ]);
          const keys = [...keysOf(this.#namespace, shard), this.#gateways(shard), this.#held(shard)] as const;
          const came = await this.#scripts.presenceHold(...keys, leaseMs, distantMs, this.#gateway, ...args);
          this.#leased.add(shard);
          const users = new Set(came);
          return people(chunk).filter(({ userId }) => users.has(userId));
        }),
      ),
    );
  }

  async extend(leaseMs: number): Promise<boolean> {
    const now = performance.now();
    if (now >= this.#staleAt) {
      this.#isStale = true;
      this.#staleAt = now + distantMs / 3;
    }
    await gather(
      [],
      allShards.map(async (shard) => {
        const wasRunning = await this.#scripts.presenceExtend(this.#gateways(shard), leaseMs, this.#gateway);
        if (wasRunning === 0 && this.#leased.has(shard)) this.#isStale = true;
        this.#leased.add(shard);
        return [];
      }),
    );
    const wasStale = this.#isStale;
    this.#isStale = false;
    return !wasStale;
  }

  async release(seat: Seat, graceMs: number): Promise<number | undefined> {
    return (await this.releaseAll([seat], graceMs)).get(seat);
  }

  async releaseAll<S extends Seat>(seats: readonly S[], graceMs: number): Promise<Map<S, number>> {
    const othersCame = new Map<S, number>();
    const releasing = [...groupByShard(seats, ({ userId }) => userId)].flatMap(([shard, ofShard]) => {
      const keys = [...keysOf(this.#namespace, shard), this.#held(shard)] as const;
      return chunks(ofShard, renewLimit).map(async (chunk) => {
        const args = chunk.flatMap(({ userId, connectionId }) => [userId, connectionId]);
        const latest = await this.#scripts.presenceLetGo(...keys, graceMs, ...args);
        for (const [index, seat] of chunk.entries())
          if (latest[index]) othersCame.set(seat, Number(latest[index]));
      });
    });
    await Promise.all(releasing);
    return othersCame;
  }

  online(userIds: readonly string[]): Promise<Set<string>> {
    return this.#leases.online(userIds);
  }

  async takeExpired(near?: readonly string[]): Promise<Gone[]> {
    return gather(
      this.#gone,
      shardsNear(near).map(async (shard) => {
        for (let round = 0; round < maxRounds; round++) {
          const [gone, ended] = await this.#expire(shard);
          // Kept at once, because a later call may fail.
          this.#gone.push(...toGone(gone));
          if (ended.length === 0) break;
          await Promise.all(ended.map((gateway) => this.#lapse(shard, gateway)));
        }
        return [];
      }),
    );
  }

  #expire(shard: number): Promise<[gone: string[], ended: string[]]> {
    const keys = keysOf(this.#namespace, shard);
    return this.#scripts.presenceExpireHeld(...keys, this.#gateways(shard), expireLimit);
  }

  async #lapse(shard: number, gateway: string): Promise<void> {
    const [leases] = keysOf(this.#namespace, shard);
    const held = this.#held(shard, gateway);
    await this.#scripts.presenceLapse(leases, this.#gateways(shard), held, gateway, expireLimit);
  }

  #gateways(shard: number): string {
    return `${prefixOf(this.#namespace, shard)}:gateways`;
  }

  #held(shard: number, gateway = this.#gateway): string {
    return `${prefixOf(this.#namespace, shard)}:held:${gateway}`;
  }
}
