import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@parley/runtime';
import {
  ensureSystemServers,
  type ServerKind,
  type ServerProcess,
  startPostgres,
  startRabbit,
  startRedis,
} from '@parley/servers';
import type { TestServices } from '../services.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { checkAnswers } from './check-answers.ts';
import { dockerAnswers, type FoundServer, startContainer } from './docker.ts';

type Environment = Record<string, string | undefined>;
type Source = 'env' | 'docker' | 'native';

const kinds: readonly ServerKind[] = ['postgres', 'redis', 'rabbitmq'];
const variables = { postgres: 'DATABASE_URL', redis: 'REDIS_URL', rabbitmq: 'AMQP_URL' } as const;

/**
 * Finds the servers of a run. Tries these sources in order: a URL in the environment; Docker, if an
 * engine answers; programs of this machine, started in a temporary folder and installed first where
 * possible. `PARLEY_TEST_SERVICES` (`env`, `docker`, `native`) restricts it to one source.
 * @throws StartError listing the failures of each source
 */
export async function findServices(env: Environment): Promise<{ urls: TestServices; stop(): Promise<void> }> {
  const sources = chosenSources(env.PARLEY_TEST_SERVICES);
  const folder = temporaryFolder();
  const docker = sources.includes('docker') && dockerAnswers(env);
  const starters: Record<Source, (kind: ServerKind) => Promise<FoundServer>> = {
    env: (kind) => fromEnvironment(kind, env),
    docker: async (kind) => {
      if (!(await docker)) throw new StartError('no Docker engine answers');
      return startContainer(kind);
    },
    native: (kind) => startNative(kind, folder),
  };

  const results = await Promise.allSettled(kinds.map((kind) => findServer(kind, sources, env, starters)));
  const found = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async () => {
    await Promise.all(found.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const [postgres, redis, rabbitmq] = found;
  if (!postgres || !redis || !rabbitmq) {
    await stop();
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [String(result.reason?.message ?? result.reason)] : [],
    );
    throw new StartError(reasons.join('\n'));
  }
  console.log(`Servers: ${kinds.map((kind, index) => `${kind} from ${found[index]?.source}`).join(', ')}`);
  return { urls: { databaseUrl: postgres.url, redisUrl: redis.url, amqpUrl: rabbitmq.url }, stop };
}

function chosenSources(forced: string | undefined): Source[] {
  const all: Source[] = ['env', 'docker', 'native'];
  if (!forced) return all;
  const chosen = all.filter((source) => source === forced);
  if (chosen.length === 0)
    throw new StartError(`PARLEY_TEST_SERVICES is \`${forced}\`: use ${all.join(', ')}, or unset it.`);
  return chosen;
}

async function findServer(
  kind: ServerKind,
  sources: readonly Source[],
  env: Environment,
  starters: Record<Source, (kind: ServerKind) => Promise<FoundServer>>,
): Promise<FoundServer & { source: Source }> {
  const failures: string[] = [];
  for (const source of sources) {
    if (source === 'env' && !env[variables[kind]] && sources.length > 1) continue;
    try {
      return { ...(await starters[source](kind)), source };
    } catch (error) {
      failures.push(`  ${source}: ${error instanceof Error ? error.message : String(error)}`);
      // A server named explicitly must be used; there is no fallback.
      if (source === 'env') break;
    }
  }
  const advice = `Install it, start Docker, or set ${variables[kind]}.`;
  throw new StartError(`The tests need ${kind}, but found none. ${advice}\n${failures.join('\n')}`);
}

async function fromEnvironment(kind: ServerKind, env: Environment): Promise<FoundServer> {
  const url = env[variables[kind]];
  if (!url) throw new StartError(`${variables[kind]} is not set`);
  await checkAnswers(kind, url);
  return { url, stop: async () => undefined };
}

let installing: Promise<unknown> = Promise.resolve();

/**
 * Runs one at a time, because two apt-get would block each other. PostgreSQL also comes from npm.
 */
function ensureInstalled(kind: ServerKind): Promise<unknown> {
  const turn = installing.then(() => ensureSystemServers(kind === 'postgres' ? [] : [kind]));
  installing = turn.catch(() => undefined);
  return turn;
}

async function startNative(kind: ServerKind, folder: string): Promise<FoundServer> {
  await ensureInstalled(kind);
  const start: Record<ServerKind, () => Promise<ServerProcess>> = {
    postgres: () => startPostgres({ dataDir: join(folder, 'postgres'), fast: true }),
    redis: () => startRedis(),
    rabbitmq: () => startRabbit({ dir: join(folder, 'rabbitmq') }),
  };
  const server = await start[kind]();
  return {
    url: server.url,
    stop: () => {
      // Nothing is needed any more, so there is no graceful stop.
      server.kill('SIGKILL');
      return server.stop();
    },
  };
}
