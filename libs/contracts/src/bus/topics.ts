/**
 * The topology of the bus. Every process declares it when it connects.
 *
 * A **topic** is a stream of events, split into partitions by a key; events with the same key keep
 * their order. The setting `TIMELINE_PARTITIONS` splits both topics of the hot path in the same
 * way: changes are published in the partition with the number of their submissions' partition. A
 * **group** is a set of replicas that together consume a topic once. It has a durable queue for
 * each partition, read by one replica at a time.
 */
export const topics = {
  /** Requested changes of timelines, keyed by room. */
  submissions: { partitions: 'timeline', groups: ['messages'] },
  /** Changes of timelines, keyed by room. */
  timeline: { partitions: 'timeline', groups: ['notifications'], revised: true },
  /** Changes that the backplane could not carry. Every gateway listens. */
  backplane: { partitions: 1, groups: [] },
  /** Identities, sessions, organizations; keyed by user. */
  auth: { partitions: 2, groups: ['directory'] },
  /** News about an account for its user; keyed by user. */
  notices: { partitions: 1, groups: ['notifications'] },
  /** Profiles, contacts, friend requests, blocks, rooms, members; keyed by room or user. */
  directory: { partitions: 4, groups: ['messages', 'notifications'] },
  /** New and corrected notifications, keyed by user. */
  notifications: { partitions: 2, groups: ['gateway'] },
} as const satisfies Record<string, TopicDefinition>;

interface TopicDefinition {
  partitions: number | 'timeline';
  groups: readonly string[];
  /**
   * Has lost a group since the last release, whose processes still consume for it during an
   * upgrade. Events of this release do not reach that group's queues.
   */
  revised?: boolean;
}

export type Topic = keyof typeof topics;
export type GroupOf<T extends Topic> = (typeof topics)[T]['groups'][number];

/**
 * Each partition has one writer at a time, so this limits the number of active replicas of
 * messages. Fewer partitions mean larger batches, which are cheaper to transport and write.
 */
export const defaultTimelinePartitions = 2;

/** @param timelinePartitions the setting `TIMELINE_PARTITIONS` */
export function partitionCount(topic: Topic, timelinePartitions: number): number {
  const { partitions } = topics[topic];
  return partitions === 'timeline' ? timelinePartitions : partitions;
}

/** FNV-1a hash of the key. Never changes: every process must compute the same partition. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % partitions;
}
