import type { ServerCluster } from '@parley/servers';
import { testNamespace } from '@parley/testkit';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { RabbitBus } from '../src/index.ts';
import { busContract } from './bus-contract.ts';
import { deleteQueues, startCluster, timelinePartitions } from './cluster.ts';
import { silent } from './test-events.ts';

let cluster: ServerCluster;
let namespace = '';
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
afterEach(() => deleteQueues(cluster.nodes[0]?.url ?? '', namespace));

busContract('RabbitBus on quorum queues of a cluster', async () => {
  namespace = testNamespace();
  const options = {
    url: cluster.url,
    namespace,
    logger: silent,
    queueType: 'quorum' as const,
    timelinePartitions,
  };
  return { one: await RabbitBus.connect(options), two: await RabbitBus.connect(options) };
});
