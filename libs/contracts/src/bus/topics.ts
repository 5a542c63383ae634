/**
 * The topology of the bus. Every process declares it when it connects.
 *
 * A **topic** is a stream of events, split into partitions by a key; events with the same key keep
 * their order. A **group** is a set of replicas that together consume a topic once. It has a
 * durable queue for each partition, read by one replica at a time.
 */
export const topics = {
  /** Requested changes of timelines, keyed by room. */
  submissions: { partitions: 'timeline', groups: ['messages'] },
  /**
   * Changes of timelines, keyed by room. Its events are persistent, and the broker syncs each queue
   * to disk, so it has few partitions.
   */
  timeline: { partitions: 'timeline', atMost: 4, groups: ['notifications'], revised: true },
  /** Changes that the backplane could not carry. Every gateway listens. */
  backplane: { partitions: 1, groups: [] },
  /** Changes of users' own settings; keyed by user. */
  account: { partitions: 2, groups: ['notifications', 'gateway'] },
  /** Identities, sessions, organizations; keyed by user. */
  auth: { partitions: 2, groups: ['directory'] },
  /** Actions of programs with keys; keyed by key. */
  keys: { partitions: 1, groups: ['auth'] },
  /** News about an account for its user; keyed by user. */
  notices: { partitions: 1, groups: ['notifications'] },
  /** Profiles, contacts, friend requests, blocks, rooms, members; keyed by room or user. */
  directory: { partitions: 4, groups: ['messages', 'notifications'] },
  /** New and corrected notifications, keyed by user. */
  notifications: { partitions: 2, groups: ['gateway'] },
} as const satisfies Record<string, TopicDefinition>;

interface TopicDefinition {
  /** `timeline`: the setting `TIMELINE_PARTITIONS`. */
  partitions: number | 'timeline';
  /** Further partitions share these: partition 9 of 64 becomes partition 1 of 4. */
  atMost?: number;
  groups: readonly string[];
  /**
   * Has lost a group since the last release, whose processes still consume for it during an
   * upgrade. Events of this release do not reach that group's queues.
   */
  revised?: boolean;
}

export type Topic = keyof typeof topics;
export type GroupOf<T extends Topic> = (typeof topics)[T]['groups'][number];

/** @param timelinePartitions the setting `TIMELINE_PARTITIONS` */
export function partitionCount(topic: Topic, timelinePartitions: number): number {
  const { partitions, atMost }: TopicDefinition = topics[topic];
  return Math.min(
    partitions === 'timeline' ? timelinePartitions : partitions,
    atMost ?? Number.POSITIVE_INFINITY,
  );
}

/**
 * The partition of a key. Never changes: every process must compute the same.
 * @param timelinePartitions the setting `TIMELINE_PARTITIONS`
 */
export function partitionOf(topic: Topic, key: string, timelinePartitions: number): number {
  const { partitions }: TopicDefinition = topics[topic];
  const partition = hash(key) % (partitions === 'timeline' ? timelinePartitions : partitions);
  return partition % partitionCount(topic, timelinePartitions);
}

/** The partition of `timeline` for the rooms of a partition of `submissions`. */
export const timelinePartitionOf = (submissions: number): number => submissions % topics.timeline.atMost;

/**
 * Parts into which the rooms are divided among the databases of messages. A partition of
 * `submissions` belongs to one share if their number is a multiple of this.
 */
export const roomShares = 64;

/** Never changes: it decides in which database a room is stored. */
export const shareOf = (roomId: string): number => hash(roomId) % roomShares;

/** FNV-1a. */
function hash(key: string): number {
  let result = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    result = Math.imul(result ^ key.charCodeAt(index), 0x01000193) >>> 0;
  }
  return result;
}
