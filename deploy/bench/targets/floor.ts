import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServers, useServers } from '../../stack/stack-servers.ts';
import { FloorStore } from '../stores/floor-store.ts';
import { readyLine, startProgram } from './program.ts';
import type { ServerUrls, Target } from './target.ts';

/** The floor: two gateways and one writer on servers like those of Parley's stack. */
export async function startFloor(given?: ServerUrls): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  chmodSync(folder, 0o755);
  const servers = await (given ? useServers(given) : startServers(folder, (line) => console.error(line)));
  const { postgres, redis, rabbitmq } = servers.urls;
  const store = new FloorStore(postgres);
  await store.create();
  const start = (...args: string[]) => startProgram('bench-floor', { args, ready: readyLine });
  const writer = await start('writer', rabbitmq, redis, postgres);
  const gateways = await Promise.all([1, 2].map(() => start('gateway', rabbitmq, redis)));
  const pidsOf = (kind: keyof typeof servers.processes) =>
    servers.processes[kind].flatMap(({ pids }) => pids);
  return {
    name: 'floor',
    sockets: gateways.map(({ ready: [, url = ''] }) => url),
    acks: true,
    numbered: true,
    holder: 'gateway',
    people: async (count) =>
      Array.from({ length: count }, () => {
        const userId = randomUUID();
        return { userId, token: userId };
      }),
    async room() {
      const roomId = randomUUID();
      await store.addRoom(roomId);
      return roomId;
    },
    parts: async () => ({
      gateway: gateways.map(({ group }) => group.pid),
      writer: [writer.group.pid],
      postgres: pidsOf('postgres'),
      redis: pidsOf('redis'),
      rabbitmq: pidsOf('rabbitmq'),
    }),
    count: (rooms) => store.count(rooms.map(({ id }) => id)),
    async stop() {
      await Promise.all([writer, ...gateways].map((program) => program.stop()));
      await store.close();
      await servers.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
