import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from '@parley/runtime';
import { type ChildGroup, startGroup } from './child-group.ts';
import { freePort } from './ports.ts';
import { bareEnvironment, findProgram, isExecutable } from './programs.ts';
import { greet, untilReady } from './ready.ts';
import { runServer, type ServerProcess } from './server-process.ts';

/** The server's own script: the wrapper that distributions put on the PATH would change the user. */
export function findRabbit(): { server: string; epmd: string } | undefined {
  const server = ['/usr/lib/rabbitmq/bin/rabbitmq-server'].find(isExecutable) ?? findProgram('rabbitmq-server');
  const epmd = findProgram('epmd');
  return server && epmd ? { server, epmd } : undefined;
}

/** Asks epmd for the names it knows; the answer begins with its own port, as four bytes. */
const epmdNames = '\0\x01n';

const configuration = `
log.console.level = warning
vm_memory_high_watermark.absolute = 512MiB
disk_free_limit.absolute = 50MB
raft.wal_max_size_bytes = 32000000
`;

/** A private RabbitMQ with the user `guest`; queues and persistent messages are kept in `dir` and survive `kill('SIGKILL')`. */
export async function startRabbit(options: { dir: string; port?: number }): Promise<ServerProcess> {
  const programs = findRabbit();
  if (!programs)
    throw new StartError('RabbitMQ is not installed: rabbitmq-server was not found (on Debian: apt-get install rabbitmq-server)');
  const port = options.port ?? (await freePort());
  const epmdPort = await freePort();
  const dir = resolve(options.dir);
  const env = { ...bareEnvironment, ...prepareFolder(dir), RABBITMQ_NODE_PORT: String(port), ERL_EPMD_PORT: String(epmdPort) };

  const launch = async (signal: AbortSignal): Promise<[ChildGroup, ChildGroup]> => {
    const distributionPort = await freePort();
    const started: ChildGroup[] = [];
    const start = async (program: string, args: string[], deathSignal: 'KILL' | 'TERM', more = {}) => {
      const group = await startGroup({ program, args, env: { ...env, ...more }, cwd: dir, deathSignal });
      started.push(group);
      return group;
    };
    try {
      const epmd = await start(programs.epmd, ['-port', String(epmdPort), '-address', '127.0.0.1'], 'KILL');
      await untilReady('epmd', epmd, () => greet(epmdPort, epmdNames, '\0'), { timeoutMs: 10_000, signal });
      const node = await start(programs.server, [], 'TERM', { RABBITMQ_DIST_PORT: String(distributionPort) });
      await untilReady('RabbitMQ', node, () => greet(port, 'AMQP\0\0\x09\x01', '\x01'), { timeoutMs: 60_000, signal });
      return [node, epmd];
    } catch (error) {
      await Promise.all(started.map((group) => group.end()));
      throw error;
    }
  };

  return runServer({
    kind: 'rabbitmq',
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    port,
    stopSteps: [{ signal: 'SIGTERM', waitMs: 10_000 }],
    launch,
  });
}

function prepareFolder(dir: string): Record<string, string> {
  mkdirSync(dir, { recursive: true });
  const plugins = join(dir, 'enabled_plugins');
  const config = join(dir, 'rabbitmq.conf');
  const cookie = join(dir, '.erlang.cookie');
  writeFileSync(plugins, '[].\n');
  writeFileSync(config, configuration);
  if (!existsSync(cookie)) writeFileSync(cookie, crypto.randomUUID(), { mode: 0o400 });
  return {
    HOME: dir,
    RABBITMQ_NODENAME: 'rabbit@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_MNESIA_BASE: join(dir, 'data'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -start_epmd false',
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}
