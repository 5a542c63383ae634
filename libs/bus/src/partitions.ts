import { defaultTimelinePartitions, partitionCount, partitionOf, type Topic } from '@parley/contracts';

/** Into which partitions the topics are split. */
export class Partitions {
  readonly #timeline: number;

  /** @param timeline of submissions and timeline; the other topics' are fixed */
  constructor(timeline = defaultTimelinePartitions) {
    this.#timeline = timeline;
  }

  /** Of submissions and timeline. */
  get timeline(): number {
    return this.#timeline;
  }

  of(topic: Topic): number[] {
    return Array.from({ length: partitionCount(topic, this.#timeline) }, (_, partition) => partition);
  }

  /** The same in every process, for ever. */
  forKey(topic: Topic, key: string): number {
    return partitionOf(key, partitionCount(topic, this.#timeline));
  }

  /** @throws RangeError */
  check(topic: Topic, partition: number): void {
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitionCount(topic, this.#timeline)) {
      throw new RangeError(`The topic ${topic} has no partition ${partition}`);
    }
  }
}
