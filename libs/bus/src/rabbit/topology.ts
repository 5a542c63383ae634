import { type Topic, topics } from '@parley/contracts';
import { StartError } from '@parley/runtime';
import type { Channel, Options } from 'amqplib';
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

  replyQueue(id: string): string {
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

/**
 * What durable queues are declared with. A quorum queue counts how often it has had to deliver a message, and from the 21st time on (RabbitMQ 4's default)
 * would throw it away: every lost connection counts, and here looking at dead letters does, so the limit is put out of reach. It is a number, since RabbitMQ 3
 * does not know -1; and there is one, since without any RabbitMQ puts what is returned at the end of the queue instead of the front.
 */
const queueArguments: Record<QueueType, Record<string, string | number>> = {
  classic: { 'x-queue-type': 'classic' },
  quorum: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000_000 },
};

export interface Topology {
  names: Names;
  queueType: QueueType;
  partitions: Partitions;
}

/**
 * Declares what is there for all processes: the exchange of each topic, the queues of each group. Declaring again changes nothing. One more queue, which
 * is always empty, keeps the number of partitions: the broker refuses a process that was set up with another, which would publish where nobody reads.
 * @throws StartError when a queue is there already, of another kind
 */
export async function declareTopology(
  channel: Channel,
  { names, queueType, partitions }: Topology,
): Promise<void> {
  const durable = { durable: true, arguments: queueArguments[queueType] };
  try {
    await channel.assertQueue(names.partitions, {
      ...durable,
      arguments: { ...durable.arguments, 'x-max-length': partitions.timeline },
    });
    await declareQueues(channel, { names, partitions, durable });
  } catch (error) {
    throw isOtherKind(error)
      ? new StartError(`${advice(queueType, partitions)}\n${error.message}`, { cause: error })
      : error;
  }
}

async function declareQueues(
  channel: Channel,
  { names, partitions, durable }: Pick<Topology, 'names' | 'partitions'> & { durable: Options.AssertQueue },
): Promise<void> {
  const declared: Promise<unknown>[] = [channel.assertExchange(names.members, 'fanout', { durable: false })];
  for (const [name, { groups }] of Object.entries(topics)) {
    const topic = name as Topic;
    declared.push(channel.assertExchange(names.exchange(topic), 'topic', { durable: true }));
    for (const group of groups) {
      declared.push(channel.assertQueue(names.dead(group), durable));
      for (const partition of partitions.of(topic)) {
        const queue = names.queue(topic, group, partition);
        declared.push(
          channel.assertQueue(queue, {
            ...durable,
            arguments: { ...durable.arguments, 'x-single-active-consumer': true },
          }),
          channel.bindQueue(queue, names.exchange(topic), String(partition)),
        );
      }
    }
  }
  await Promise.all(declared);
}

const isOtherKind = (error: unknown): error is Error =>
  error instanceof Error &&
  'code' in error &&
  error.code === preconditionFailed &&
  error.message.includes('inequivalent arg');
const preconditionFailed = 406;

const advice = (queueType: QueueType, partitions: Partitions): string =>
  `RabbitMQ has queues of this NAMESPACE that are not as QUEUE_TYPE=${queueType} and TIMELINE_PARTITIONS=${partitions.timeline} declare them, and a queue cannot ` +
  'be changed. Set these back, take another NAMESPACE, or empty and delete the queues first: operations.md, "From classic to quorum queues" and "Changing TIMELINE_PARTITIONS".';
