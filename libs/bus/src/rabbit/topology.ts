import { type Topic, topics } from '@parley/contracts';
import { StartError } from '@parley/runtime';
import type { Channel, Options } from 'amqplib';
import type { Partitions } from '../partitions.ts';

/**
 * `classic` for one broker, `quorum` for a cluster (replicated). The type of a queue cannot change
 * later.
 */
export type QueueType = 'classic' | 'quorum';

/** The names of all exchanges and queues in the broker. */
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
    return `${this.#namespace}.replies.${id}`;
  }

  /** The limits of this queue record the numbers of partitions. */
  get partitions(): string {
    return `${this.#namespace}.partitions`;
  }

  /** The exchange where members of groups announce themselves. */
  get members(): string {
    return `${this.#namespace}.members`;
  }
}

/**
 * The partition, and a second word in a revised topic: the queues of groups that the last release
 * had are bound to the partition alone.
 */
export const routingKey = (topic: Topic, partition: number): string =>
  isRevised(topic) ? `${partition}.revised` : String(partition);
/**
 * A pattern of routing keys. The queues of current groups also get events of the last release.
 */
const keysOf = (topic: Topic, partition: number): string =>
  isRevised(topic) ? `${partition}.#` : String(partition);
const isRevised = (topic: Topic): boolean => 'revised' in topics[topic];
export const allEvents = '#';
export const lastReleaseEvents = '*';

/**
 * Arguments of durable queues. A quorum queue counts deliveries of a message and drops it after 20
 * (the default of RabbitMQ 4). Lost connections and reading dead letters count too, so the limit is
 * out of reach. It is a number because RabbitMQ 3 does not know -1. Without a limit, RabbitMQ would
 * return messages to the end of the queue instead of the front.
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
 * Declares the shared exchanges and queues. Declaring them again changes nothing. One extra, always
 * empty queue records the numbers of partitions. The broker refuses a process with other numbers,
 * which would publish to partitions that nothing consumes.
 * @throws StartError when a queue exists with other properties
 */
export async function declareTopology(
  channel: Channel,
  { names, queueType, partitions }: Topology,
): Promise<void> {
  const durable = { durable: true, arguments: queueArguments[queueType] };
  try {
    await channel.assertQueue(names.partitions, {
      ...durable,
      arguments: { ...durable.arguments, ...recorded(partitions) },
    });
    await declareQueues(channel, { names, partitions, durable });
  } catch (error) {
    throw isOtherKind(error)
      ? new StartError(`${advice(queueType, partitions)}\n${error.message}`, { cause: error })
      : error;
  }
}

/**
 * Releases before the topic `timeline` had a maximum recorded one number for both topics. Up to
 * that maximum it is the same record, so both releases may run.
 */
function recorded(partitions: Partitions): Record<string, number> {
  const [submissions, timeline] = [partitions.of('submissions').length, partitions.of('timeline').length];
  return { 'x-max-length': submissions, ...(timeline < submissions && { 'x-max-length-bytes': timeline }) };
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
          channel.bindQueue(queue, names.exchange(topic), keysOf(topic, partition)),
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
  `RabbitMQ has queues of this NAMESPACE that do not match QUEUE_TYPE=${queueType} and ` +
  `TIMELINE_PARTITIONS=${partitions.timeline}, and a queue cannot be changed. Restore these settings ` +
  '(earlier releases had TIMELINE_PARTITIONS=2 by default), choose another NAMESPACE, or drain and delete ' +
  'the queues first: see operations.md, "From classic to quorum queues" and "Changing TIMELINE_PARTITIONS".';
