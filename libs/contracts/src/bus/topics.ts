/**
 * The bus' topology, the one truth that every process declares when it connects.
 *
 * A **topic** is a stream of events, split into partitions by a key: what shares a key keeps its order. The two of the hot path are split as the
 * installation says (`TIMELINE_PARTITIONS`), both in the same way: what one partition submits is told in the partition of the same number.
 * A **group** is a set of replicas that together consume a topic once: one durable queue per group and partition,
 * each read by exactly one replica at a time.
 */
export const topics = {
  /** What clients ask of a room's timeline; keyed by room. */
  submissions: { partitions: 'timeline', groups: ['messages'] },
  /** What changed in rooms' timelines; keyed by room. */
  timeline: { partitions: 'timeline', groups: ['gateway', 'notifications'] },
  /** Identities, sessions, organizations; keyed by user. */
  auth: { partitions: 2, groups: ['directory'] },
  /** Profiles, contacts, friend requests, blocks, rooms, members; keyed by room or user. */
  directory: { partitions: 4, groups: ['messages', 'notifications'] },
  /** New entries of people's inboxes; keyed by user. */
  notifications: { partitions: 2, groups: ['gateway'] },
} as const satisfies Record<string, { partitions: number | 'timeline'; groups: readonly string[] }>;

export type Topic = keyof typeof topics;
export type GroupOf<T extends Topic> = (typeof topics)[T]['groups'][number];

/**
 * Each partition of the timelines has one writer at a time, so this bounds how many replicas of messages can work; but what is split into fewer partitions
 * travels and is written in larger batches, which is what makes it cheap.
 */
export const defaultTimelinePartitions = 2;

/** @param timelinePartitions as the installation is set up */
export function partitionCount(topic: Topic, timelinePartitions: number): number {
  const { partitions } = topics[topic];
  return partitions === 'timeline' ? timelinePartitions : partitions;
}

/** FNV-1a over the key: the same partition in every process, for ever. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % partitions;
}
