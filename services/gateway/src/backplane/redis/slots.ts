import { type Cluster, Command } from 'ioredis';

/** The node of a Redis Cluster that a key or sharded channel is on, as the client knows it now; `''` where it does not know. */
export function nodeOf(cluster: Cluster, key: string): string {
  return cluster.slots[new Command('get', [key]).getSlot()]?.[0] ?? '';
}
