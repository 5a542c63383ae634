import { StartError } from '@parley/runtime';
import { startGroup } from './child-group.ts';
import { freePort } from './ports.ts';
import { bareEnvironment, findProgram } from './programs.ts';
import { greet, untilReady } from './ready.ts';
import { runServer, type ServerProcess } from './server-process.ts';

export const findRedis = (): string | undefined => findProgram('redis-server');

export interface RedisOptions {
  /** @default a free one */
  port?: number;
  /** More of its command line: `--name`, value, … */
  settings?: readonly string[];
}

/** A private Redis that keeps nothing: after a restart it is empty. */
export async function startRedis(options: RedisOptions = {}): Promise<ServerProcess> {
  const program = findRedis();
  if (!program) throw new StartError('Redis is not installed: redis-server was not found (on Debian: apt-get install redis-server)');
  const port = options.port ?? (await freePort());
  return runServer({
    kind: 'redis',
    url: `redis://127.0.0.1:${port}`,
    port,
    stopSteps: [{ signal: 'SIGTERM', waitMs: 5_000 }],
    async launch(signal) {
      const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
      const args = [...settings, ...(options.settings ?? [])];
      const group = await startGroup({ program, args, env: bareEnvironment, deathSignal: 'KILL' });
      try {
        await untilReady('Redis', group, () => greet(port, 'PING\r\n', '+PONG'), { timeoutMs: 15_000, signal });
      } catch (error) {
        await group.end();
        throw error;
      }
      return [group];
    },
  });
}
