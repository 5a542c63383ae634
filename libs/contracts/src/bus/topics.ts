/**
 * The bus' topology, the one truth that every process declares when it connects.
 *
 * A **topic** is a stream of events, split into partitions by a key: what shares a key keeps its order.
 * A **group** is a set of replicas that together consume a topic once: one durable queue per group and partition,
 * each read by exactly one replica at a time.
 */
export const topics = {
  /** What clients ask of a room's timeline; keyed by room. */
  submissions: { partitions: 8, groups: ['messages'] },
  /** What changed in rooms' timelines; keyed by room. */
  timeline: { partitions: 8, groups: ['gateway', 'notifications'] },
  /** Identities, sessions, organizations; keyed by user. */
  auth: { partitions: 2, groups: ['directory'] },
  /** Profiles, contacts, friend requests, blocks, rooms, members; keyed by room or user. */
  directory: { partitions: 4, groups: ['messages', 'notifications'] },
  /** New entries of people's inboxes; keyed by user. */
  notifications: { partitions: 2, groups: ['gateway'] },
} as const satisfies Record<string, { partitions: number; groups: readonly string[] }>;

export type Topic = keyof typeof topics;
export type GroupOf<T extends Topic> = (typeof topics)[T]['groups'][number];

/** FNV-1a over the key: the same partition in every process, for ever. */
export function partitionOf(topic: Topic, key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % topics[topic].partitions;
}
