import { randomUUID } from 'node:crypto';
import { ensureSystemServers, type ServerProcess, startRedis } from '@parley/servers';
import { readyLine, startProgram } from './program.ts';
import type { Target } from './target.ts';

/** One hub, or several joined by a private Redis. */
export async function startHubs(name: 'hub' | 'hubs', count: number): Promise<Target> {
  const redis = count > 1 ? await startOwnRedis() : undefined;
  const args = redis ? [redis.url] : [];
  const hubs = await Promise.all(
    Array.from({ length: count }, () => startProgram('bench-hub', { args, ready: readyLine })),
  );
  return {
    name,
    sockets: hubs.map(({ ready: [, url = ''] }) => url),
    acks: false,
    numbered: false,
    holder: 'hub',
    people: async (wanted) => Array.from({ length: wanted }, () => ({ userId: randomUUID(), token: '' })),
    room: async () => randomUUID(),
    parts: async () => ({ hub: hubs.map(({ group }) => group.pid), redis: redis?.pids ?? [] }),
    async stop() {
      await Promise.all(hubs.map((hub) => hub.stop()));
      await redis?.stop();
    },
  };
}

async function startOwnRedis(): Promise<ServerProcess> {
  await ensureSystemServers(['redis']);
  return startRedis();
}
