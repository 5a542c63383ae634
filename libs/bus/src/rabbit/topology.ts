import { type Topic, topics } from '@parley/contracts';
import { StartError } from '@parley/runtime';
import type { Channel } from 'amqplib';
import { partitionsOf } from '../wire.ts';

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

/**
 * Declares what is there for all processes: the exchange of each topic, the queues of each group. Declaring again changes nothing.
 * @throws StartError when a queue is there already, of another kind
 */
export async function declareTopology(channel: Channel, names: Names, queueType: QueueType): Promise<void> {
  const durable = { durable: true, arguments: queueArguments[queueType] };
  const declared: Promise<unknown>[] = [channel.assertExchange(names.members, 'fanout', { durable: false })];
  for (const [name, { groups }] of Object.entries(topics)) {
    const topic = name as Topic;
    declared.push(channel.assertExchange(names.exchange(topic), 'topic', { durable: true }));
    for (const group of groups) {
      declared.push(channel.assertQueue(names.dead(group), durable));
      for (const partition of partitionsOf(topic)) {
        const queue = names.queue(topic, group, partition);
        declared.push(
          channel.assertQueue(queue, { ...durable, arguments: { ...durable.arguments, 'x-single-active-consumer': true } }),
          channel.bindQueue(queue, names.exchange(topic), String(partition)),
        );
      }
    }
  }
  try {
    await Promise.all(declared);
  } catch (error) {
    throw isOtherKind(error) ? new StartError(`${advice(queueType)}\n${error.message}`, { cause: error }) : error;
  }
}

const isOtherKind = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === preconditionFailed && error.message.includes('inequivalent arg');
const preconditionFailed = 406;

const advice = (queueType: QueueType): string =>
  `RabbitMQ has queues of this NAMESPACE that are not as QUEUE_TYPE=${queueType} declares them, and a queue cannot be changed. ` +
  'Set QUEUE_TYPE back, take another NAMESPACE, or empty and delete the queues first: operations.md, "From classic to quorum queues".';
