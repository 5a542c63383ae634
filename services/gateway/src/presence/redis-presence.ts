import { chunks } from '@parley/runtime/async';
import type { Cluster, Redis } from 'ioredis';
import { type PresenceScripts, presenceScripts } from './presence-scripts.ts';
import type { Gone, Person, PresenceStore, Seat } from './presence-store.ts';

/**
 * The keys of a shard share a hash tag. On Redis Cluster a shard is on one node, and the shards are
 * distributed.
 */
const shards = 16;
/** Maximum number of leases expired per script, so that none blocks Redis for long. */
const expireLimit = 500;
/** Maximum number of leases renewed per script. */
const renewLimit = 500;

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

  async takeExpired(): Promise<Gone[]> {
    return gather(
      this.#gone,
      Array.from({ length: shards }, async (_, shard) => {
        const values = await this.#scripts.presenceExpire(...this.#keys(shard), expireLimit);
        return chunks(values, 3).map(([userId = '', username = '', end]) => {
          const lapsedAt = Number(end);
          return { userId, username, ...(lapsedAt > 0 && { lapsedAt }) };
        });
      }),
    );
  }

  #keys(shard: number): [string, string, string, string] {
    const prefix = `{${this.#namespace}:presence:${shard}}`;
    return [`${prefix}:leases`, `${prefix}:counts`, `${prefix}:names`, `${prefix}:latest`];
  }
}

/**
 * Collects all results, including those in `kept`. If some calls fail, rejects and keeps the
 * results of the others for the next call.
 */
async function gather<P extends Person>(kept: P[], work: readonly Promise<P[]>[]): Promise<P[]> {
  const settled = await Promise.allSettled(work);
  for (const one of settled) if (one.status === 'fulfilled') kept.push(...one.value);
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return kept.splice(0);
}

/** FNV-1a: the shard must be the same in every process and release. */
function shardOf(userId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < userId.length; index++)
    hash = Math.imul(hash ^ userId.charCodeAt(index), 0x01000193) >>> 0;
  return hash % shards;
}

function groupByShard<T>(items: readonly T[], userOf: (item: T) => string): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const shard = shardOf(userOf(item));
    const group = groups.get(shard);
    if (group) group.push(item);
    else groups.set(shard, [item]);
  }
  return groups;
}

/** Each user once, regardless of the number of connections. */
function people(seats: readonly Seat[]): Person[] {
  return [...new Map(seats.map(({ userId, username }) => [userId, { userId, username }])).values()];
}
