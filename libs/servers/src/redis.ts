import { StartError } from '@parley/runtime';
import { type ChildGroup, startGroup } from './child-group.ts';
import type { ChoosePort } from './ports.ts';
import { bareEnvironment, findProgram } from './programs.ts';
import { greet, untilReady } from './ready.ts';
import { runServer, type ServerProcess } from './server-process.ts';

export const findRedis = (): string | undefined => findProgram('redis-server');

/** Shared by single servers and cluster nodes. */
export const redisRecipe = {
  kind: 'redis',
  url: (port: number) => `redis://127.0.0.1:${port}`,
  stopSteps: [{ signal: 'SIGTERM', waitMs: 5_000 }],
} as const;

/**
 * A private Redis without persistence: empty after a restart. @param options.choosePort @default
 * freePort
 */
export function startRedis(options: { choosePort?: ChoosePort } = {}): Promise<ServerProcess> {
  return runServer({
    ...redisRecipe,
    ...options,
    otherPorts: [],
    launch: async ({ clients }, signal) => [await launchRedis(clients, [], signal)],
  });
}

/** @param more further command-line arguments: `--name`, value, … */
export async function launchRedis(
  port: number,
  more: readonly string[],
  signal: AbortSignal,
): Promise<ChildGroup> {
  const program = findRedis();
  if (!program)
    throw new StartError(
      'Redis is not installed: redis-server was not found (on Debian: apt-get install redis-server)',
    );
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--daemonize',
    'no',
  ];
  const group = await startGroup({
    program,
    args: [...settings, ...more],
    env: bareEnvironment,
    deathSignal: 'KILL',
  });
  try {
    await untilReady('Redis', group, () => greet(port, 'PING\r\n', '+PONG'), {
      port,
      timeoutMs: 60_000,
      signal,
    });
    return group;
  } catch (error) {
    await group.end();
    throw error;
  }
}
