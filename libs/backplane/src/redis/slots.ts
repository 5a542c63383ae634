import { type Cluster, Command } from 'ioredis';

/** The cluster node that the client knows to hold a key or sharded channel; `''` if unknown. */
export function nodeOf(cluster: Cluster, key: string): string {
  return cluster.slots[new Command('get', [key]).getSlot()]?.[0] ?? '';
}
