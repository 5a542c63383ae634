import { MemoryBus } from '../src/index.ts';
import { busContract } from './bus-contract.ts';
import { silent } from './test-events.ts';

busContract('MemoryBus', async () => {
  const bus = new MemoryBus({ logger: silent, timelinePartitions: 8 });
  return { one: bus, two: bus };
});
