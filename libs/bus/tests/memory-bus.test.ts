import { MemoryBus } from '../src/index.ts';
import { busContract } from './bus-contract.ts';
import { silent } from './test-events.ts';

busContract('MemoryBus', async () => {
  const bus = new MemoryBus({ logger: silent });
  return { one: bus, two: bus };
});
