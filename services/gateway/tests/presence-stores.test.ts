import { systemClock } from '@parley/runtime';
import { testNamespace, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll } from 'vitest';
import { MemoryPresence } from '../src/presence/memory-presence.ts';
import { RedisPresence } from '../src/presence/redis-presence.ts';
import { presenceContract } from './presence-contract.ts';

presenceContract('MemoryPresence', async () => {
  const store = new MemoryPresence(systemClock);
  return [store, store];
});

const clients = [new Redis(testServices().redisUrl), new Redis(testServices().redisUrl)] as const;
afterAll(() => {
  for (const client of clients) client.disconnect();
});
presenceContract('RedisPresence', async () => {
  const namespace = testNamespace();
  return [new RedisPresence(clients[0], namespace), new RedisPresence(clients[1], namespace)];
});
