import { partitionCount, partitionOf, type Topic } from '@parley/contracts';

/** The number of partitions of each topic. */
export class Partitions {
  readonly #timeline: number;

  /** @param timeline the setting `TIMELINE_PARTITIONS`; some topics have fixed numbers */
  constructor(timeline = 2) {
    this.#timeline = timeline;
  }

  get timeline(): number {
    return this.#timeline;
  }

  of(topic: Topic): number[] {
    return Array.from({ length: partitionCount(topic, this.#timeline) }, (_, partition) => partition);
  }

  /** Never changes: every process must compute the same partition. */
  forKey(topic: Topic, key: string): number {
    return partitionOf(topic, key, this.#timeline);
  }

  /** @throws RangeError */
  check(topic: Topic, partition: number): void {
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitionCount(topic, this.#timeline)) {
      throw new RangeError(`The topic ${topic} has no partition ${partition}`);
    }
  }
}
