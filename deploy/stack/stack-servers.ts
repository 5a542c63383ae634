import { join } from 'node:path';
import { ensureSystemServers, type ServerProcess, startPostgres, startRabbit, startRedis } from '@parley/servers';
import { keepRunning } from '../servers/keep-running.ts';

export interface StackServers {
  postgres: ServerProcess;
  redis: ServerProcess;
  rabbitmq: ServerProcess;
  stop(): Promise<void>;
}

/** The three servers, started side by side and kept running; their data is below `folder`. */
export async function startServers(folder: string, say: (line: string) => void): Promise<StackServers> {
  await ensureSystemServers(['redis', 'rabbitmq']);
  const starting = [
    startPostgres({ dataDir: join(folder, 'postgres') }),
    startRedis(),
    startRabbit({ dir: join(folder, 'rabbitmq') }),
  ] as const;
  const stopping = new AbortController();
  const stop = async () => {
    stopping.abort();
    const results = await Promise.allSettled(starting);
    await Promise.all(results.map((result) => result.status === 'fulfilled' && result.value.stop()));
  };
  try {
    const [postgres, redis, rabbitmq] = await Promise.all(starting);
    for (const server of [postgres, redis, rabbitmq]) void keepRunning(server, say, stopping.signal);
    return { postgres, redis, rabbitmq, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
