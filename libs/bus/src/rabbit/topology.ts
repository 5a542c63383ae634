import { type Topic, topics } from '@parley/contracts';
import type { Channel } from 'amqplib';
import type { Partitions } from '../partitions.ts';

/** `classic` for one broker; `quorum` for a cluster of them (replicated). A queue cannot change its type later. */
export type QueueType = 'classic' | 'quorum';

/** The names of everything that this system has in the broker. */
export class Names {
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  exchange(topic: Topic): string {
    return `${this.#namespace}.${topic}`;
  }

  queue(topic: Topic, group: string, partition: number): string {
    return `${this.#namespace}.${topic}.${group}.${partition}`;
  }

  dead(group: string): string {
    return `${this.#namespace}.dead.${group}`;
  }

  rpc(method: string): string {
    return `${this.#namespace}.rpc.${method}`;
  }

  inbox(id: string): string {
    return `${this.#namespace}.inbox.${id}`;
  }

  /** Its limit of length is the number of the timelines' partitions. */
  get partitions(): string {
    return `${this.#namespace}.partitions`;
  }

  /** Where the members of all groups tell each other that they are there. */
  get members(): string {
    return `${this.#namespace}.members`;
  }
}

export interface Topology {
  names: Names;
  queueType: QueueType;
  partitions: Partitions;
}

/**
 * Declares what is there for all processes: the exchange of each topic, the queues of each group. Declaring again changes nothing. One more queue, which
 * is always empty, keeps the number of partitions: the broker refuses a process that was set up with another, which would publish where nobody reads.
 */
export async function declareTopology(channel: Channel, { names, queueType, partitions }: Topology): Promise<void> {
  const durable = { durable: true, arguments: { 'x-queue-type': queueType } };
  await channel.assertQueue(names.partitions, { ...durable, arguments: { ...durable.arguments, 'x-max-length': partitions.timeline } });
  const declared: Promise<unknown>[] = [channel.assertExchange(names.members, 'fanout', { durable: false })];
  for (const [name, { groups }] of Object.entries(topics)) {
    const topic = name as Topic;
    declared.push(channel.assertExchange(names.exchange(topic), 'topic', { durable: true }));
    for (const group of groups) {
      declared.push(channel.assertQueue(names.dead(group), durable));
      for (const partition of partitions.of(topic)) {
        const queue = names.queue(topic, group, partition);
        declared.push(
          channel.assertQueue(queue, { ...durable, arguments: { ...durable.arguments, 'x-single-active-consumer': true } }),
          channel.bindQueue(queue, names.exchange(topic), String(partition)),
        );
      }
    }
  }
  await Promise.all(declared);
}
