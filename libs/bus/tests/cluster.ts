import { type ServerCluster, startRabbitCluster } from '@parley/servers';
import { temporaryFolder } from '@parley/testkit';
import { connect } from 'amqplib';

/** Three nodes of RabbitMQ for one test file. */
export const startCluster = (): Promise<ServerCluster> => startRabbitCluster({ dir: temporaryFolder() });

/** Quorum queues cost their nodes more than a test should leave behind. */
export async function deleteQueues(url: string, names: readonly string[]): Promise<void> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    await Promise.all(names.map((name) => channel.deleteQueue(name)));
  } finally {
    await connection.close();
  }
}
