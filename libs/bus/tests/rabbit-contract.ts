import { type Topic, topics } from '@parley/contracts';
import { deleteQueues, testNamespace } from '@parley/testkit';
import { connect } from 'amqplib';
import { afterEach, describe } from 'vitest';
import { RabbitBus, type RabbitBusOptions } from '../src/index.ts';
import { Partitions } from '../src/partitions.ts';
import { Names } from '../src/rabbit/topology.ts';
import { busContract } from './bus-contract.ts';
import { silent } from './test-events.ts';

/** Few, because each partition is a queue per group, which takes time to declare. */
export const timelinePartitions = 2;

/**
 * The contract on RabbitMQ. All tests share the queues of one namespace, which are emptied after
 * each: declaring them takes longer than most tests.
 * @param broker read when a test starts
 * @param contracts @default all
 */
export function rabbitContract(
  name: string,
  broker: () => Pick<RabbitBusOptions, 'url' | 'queueType'>,
  contracts?: Parameters<typeof busContract>[2],
): void {
  const namespace = testNamespace();
  describe('on shared queues', () => {
    afterEach(() => emptyNamespace(nodeOf(broker().url), namespace));

    const makeBuses = async () => {
      const options = { ...broker(), namespace, logger: silent, timelinePartitions };
      return { one: await RabbitBus.connect(options), two: await RabbitBus.connect(options) };
    };
    busContract(name, makeBuses, contracts);
  });
}

const nodeOf = (urls: string): string => urls.split(',')[0] ?? '';

/** Removes all messages, including those that the broker takes back from a closed consumer. */
async function emptyNamespace(url: string, namespace: string): Promise<void> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    const purge = async () => {
      const purged = await Promise.all(
        durableQueues(new Names(namespace)).map((queue) => channel.purgeQueue(queue)),
      );
      return purged.reduce((sum, { messageCount }) => sum + messageCount, 0);
    };
    while ((await purge()) > 0);
  } finally {
    await connection.close();
  }
}

export const deleteNamespace = (url: string, namespace: string, options = {}): Promise<void> =>
  deleteQueues(url, durableQueues(new Names(namespace)), options);

const durableQueues = (names: Names): string[] => {
  const partitions = new Partitions(timelinePartitions);
  const ofTopics = Object.entries(topics).flatMap(([name, { groups }]) => {
    const topic = name as Topic;
    return groups.flatMap((group) => [
      names.dead(group),
      ...partitions.of(topic).map((partition) => names.queue(topic, group, partition)),
    ]);
  });
  return [names.partitions, ...ofTopics];
};
