import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerProcess, startPostgres, startRabbit, startRedis } from '@parley/servers';
import type { TestServices } from '../services.ts';

export async function findServices(env: Record<string, string | undefined>): Promise<{ urls: TestServices; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-tests-'));
  void env;
  const results = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), fast: true }),
    startRedis(),
    startRabbit({ dir: join(folder, 'rabbitmq') }),
  ]);
  const [postgres, redis, rabbit] = results;
  return {
    urls: { databaseUrl: postgres.url, redisUrl: redis.url, amqpUrl: rabbit.url },
    async stop() {
      await Promise.all(
        results.map((server: ServerProcess) => {
          server.kill('SIGKILL');
          return server.stop();
        }),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
