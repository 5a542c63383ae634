import { type Topic, topics } from '@parley/contracts';
import { type ServerCluster, startRabbitCluster } from '@parley/servers';
import { deleteQueues, temporaryFolder } from '@parley/testkit';
import { Partitions } from '../src/partitions.ts';
import { Names } from '../src/rabbit/topology.ts';

/** Few, because each partition is a quorum queue per group, which is slow to declare. */
export const timelinePartitions = 2;

/** Three nodes of RabbitMQ for one test file. */
export const startCluster = (): Promise<ServerCluster> => startRabbitCluster({ dir: temporaryFolder() });

/** Deletes the durable queues of a namespace. Left-over quorum queues burden their nodes. */
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
