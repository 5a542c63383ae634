import type { Person, Seat } from './presence-store.ts';

/**
 * The keys of a shard share a hash tag. On Redis Cluster a shard is on one node, and the shards are
 * distributed.
 */
const shards = 16;

export const allShards: readonly number[] = Array.from({ length: shards }, (_, shard) => shard);

/** The keys of a shard: see `presence-scripts.ts`. */
export function keysOf(namespace: string, shard: number): [string, string, string, string] {
  const prefix = prefixOf(namespace, shard);
  return [`${prefix}:leases`, `${prefix}:counts`, `${prefix}:names`, `${prefix}:latest`];
}

export const prefixOf = (namespace: string, shard: number): string => `{${namespace}:presence:${shard}}`;

/** The shards of these users, or all. */
export const shardsNear = (userIds: readonly string[] | undefined): readonly number[] =>
  userIds ? [...new Set(userIds.map(shardOf))] : allShards;

/**
 * Collects all results, including those in `kept`. If some calls fail, rejects and keeps the
 * results of the others for the next call.
 */
export async function gather<P extends Person>(kept: P[], work: readonly Promise<P[]>[]): Promise<P[]> {
  const settled = await Promise.allSettled(work);
  for (const one of settled) if (one.status === 'fulfilled') kept.push(...one.value);
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return kept.splice(0);
}

/** FNV-1a: the shard must be the same in every process and release. */
export function shardOf(userId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < userId.length; index++)
    hash = Math.imul(hash ^ userId.charCodeAt(index), 0x01000193) >>> 0;
  return hash % shards;
}

export function groupByShard<T>(items: readonly T[], userOf: (item: T) => string): Map<number, T[]> {
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
export function people(seats: readonly Seat[]): Person[] {
  return [...new Map(seats.map(({ userId, username }) => [userId, { userId, username }])).values()];
}
