import { testNamespace, testServices } from '@parley/testkit';
import { RabbitBus } from '../src/index.ts';
import { busContract } from './bus-contract.ts';
import { silent } from './test-events.ts';

busContract('RabbitBus', async () => {
  const options = {
    url: testServices().amqpUrl,
    namespace: testNamespace(),
    logger: silent,
    timelinePartitions: 8,
  };
  return { one: await RabbitBus.connect(options), two: await RabbitBus.connect(options) };
});
