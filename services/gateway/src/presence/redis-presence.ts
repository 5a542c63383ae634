import { chunks } from '@parley/runtime/async';
import type { Cluster, Redis } from 'ioredis';
import { type PresenceScripts, presenceScripts } from './presence-scripts.ts';
import type { Gone, Person, PresenceStore, Seat } from './presence-store.ts';
import { gather, groupByShard, keysOf, people, shardOf, shardsNear } from './redis-shards.ts';

/** Maximum number of leases expired per script, so that none blocks Redis for long. */
export const expireLimit = 500;
/** Maximum number of leases renewed per script. */
export const renewLimit = 500;

export class RedisPresence implements PresenceStore {
  readonly #redis: Redis | Cluster;
  readonly #scripts: PresenceScripts;
  readonly #namespace: string;
  /**
   * Results of calls that failed on other nodes of the cluster. The store reports them only once,
   * so they are kept for the next call.
   */
  readonly #came: Person[] = [];
  readonly #gone: Gone[] = [];

  constructor(redis: Redis | Cluster, namespace: string) {
    this.#redis = redis;
    this.#scripts = presenceScripts(redis);
    this.#namespace = namespace;
  }

  async renew(seats: readonly Seat[], leaseMs: number): Promise<Person[]> {
    return gather(
      this.#came,
      [...groupByShard(seats, (seat) => seat.userId)].flatMap(([shard, ofShard]) =>
        chunks(ofShard, renewLimit).map(async (chunk) => {
          const args = chunk.flatMap(({ userId, username, connectionId }) => [
            userId,
            username,
            connectionId,
          ]);
          const users = new Set(await this.#scripts.presenceRenew(...this.#keys(shard), leaseMs, ...args));
          return people(chunk).filter(({ userId }) => users.has(userId));
        }),
      ),
    );
  }

  async release({ userId, connectionId }: Seat, graceMs: number): Promise<number | undefined> {
    const keys = this.#keys(shardOf(userId));
    const latest = await this.#scripts.presenceRelease(...keys, graceMs, userId, connectionId);
    return latest === null ? undefined : Number(latest);
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    const found = await Promise.all(
      [...groupByShard(userIds, (userId) => userId)].map(async ([shard, ofShard]) => {
        const [, counts] = this.#keys(shard);
        const values = await this.#redis.hmget(counts, ...ofShard);
        return ofShard.filter((_userId, index) => values[index] !== null);
      }),
    );
    return new Set(found.flat());
  }

  async takeExpired(near?: readonly string[]): Promise<Gone[]> {
    return gather(
      this.#gone,
      shardsNear(near).map(async (shard) =>
        toGone(await this.#scripts.presenceExpire(...this.#keys(shard), expireLimit)),
      ),
    );
  }

  #keys(shard: number): ReturnType<typeof keysOf> {
    return keysOf(this.#namespace, shard);
  }
}

/** From user, name and end of the last lease of each. */
export const toGone = (values: readonly string[]): Gone[] =>
  chunks(values, 3).map(([userId = '', username = '', end]) => {
    const lapsedAt = Number(end);
    return { userId, username, ...(lapsedAt > 0 && { lapsedAt }) };
  });
