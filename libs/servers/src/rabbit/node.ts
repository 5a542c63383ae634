import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from '@parley/runtime';
import { type ChildGroup, startGroup } from '../child-group.ts';
import { bareEnvironment, findProgram, isExecutable } from '../programs.ts';
import { greet, untilReady } from '../ready.ts';

export interface RabbitNode {
  /** The part before `@localhost`. Must be unique among nodes that share an epmd. */
  name: string;
  dir: string;
  /** Only nodes with the same cookie can join. */
  cookie: string;
  /** Names of all nodes of its cluster, including itself. Absent: no cluster. */
  peers?: readonly string[];
  /** More lines of its configuration file. */
  settings?: string | undefined;
}

export interface RabbitPorts {
  /** AMQP port. */
  clients: number;
  /** Port of Erlang's distribution protocol between nodes. */
  nodes: number;
  epmd: number;
}

/** The server's own script: the wrapper in the PATH of distributions changes the user. */
export function findRabbit(): { server: string; epmd: string } | undefined {
  const server =
    ['/usr/lib/rabbitmq/bin/rabbitmq-server'].find(isExecutable) ?? findProgram('rabbitmq-server');
  const epmd = findProgram('epmd');
  return server && epmd ? { server, epmd } : undefined;
}

/** @throws StartError */
export function requireRabbit(): { server: string; epmd: string } {
  const programs = findRabbit();
  if (!programs)
    throw new StartError(
      'RabbitMQ is not installed: rabbitmq-server was not found (on Debian: apt-get install rabbitmq-server)',
    );
  return programs;
}

/** Requests the names known to epmd. The answer begins with its own port, as four bytes. */
const epmdNames = '\0\x01n';

const configuration = `
log.console.level = warning
vm_memory_high_watermark.absolute = 512MiB
disk_free_limit.absolute = 50MB
raft.wal_max_size_bytes = 32000000
`;

/** Applications whose modules a starting broker loads completely. */
const applications = [
  ...['kernel', 'stdlib', 'compiler', 'ssl', 'inets', 'xmerl', 'mnesia'],
  ...['rabbit_common', 'ra', 'rabbit'],
];

/**
 * An Erlang expression that loads these modules, one application at a time. Erlang would load each
 * module at its first use, after a search in some seventy folders, and prepare its tables again for
 * each: a third of the processor time of a start. Other programs than the broker, which boot
 * another script, load nothing.
 */
const loadTogether = `init:get_argument(boot) =:= {ok, [["start_sasl"]]} andalso
  [code:ensure_modules_loaded(Modules) ||
    Name <- [${applications.map((name) => `"${name}.app"`)}],
    {ok, [{application, _, Properties}]} <- [file:consult(code:where_is_file(Name))],
    {modules, Modules} <- Properties]`;

/** Starts epmd, Erlang's registry of node names and ports. */
export async function launchEpmd(port: number, signal: AbortSignal): Promise<ChildGroup> {
  const program = requireRabbit().epmd;
  const args = ['-port', String(port), '-address', '127.0.0.1'];
  const epmd = await startGroup({ program, args, env: bareEnvironment, cwd: '/', deathSignal: 'KILL' });
  try {
    await untilReady('epmd', epmd, () => greet(port, epmdNames, '\0'), { port, timeoutMs: 60_000, signal });
    return epmd;
  } catch (error) {
    await epmd.end();
    throw error;
  }
}

export async function launchNode(
  node: RabbitNode,
  ports: RabbitPorts,
  signal: AbortSignal,
): Promise<ChildGroup> {
  const port = ports.clients;
  const env = prepareFolder(node, ports);
  const group = await startGroup({
    program: requireRabbit().server,
    args: [],
    env,
    cwd: node.dir,
    // SIGTERM would do nothing to a frozen broker. Confirmed messages survive SIGKILL.
    deathSignal: 'KILL',
  });
  try {
    await untilReady('RabbitMQ', group, () => greet(port, 'AMQP\0\0\x09\x01', '\x01'), {
      port,
      timeoutMs: 180_000,
      signal,
    });
    return group;
  } catch (error) {
    await group.end();
    throw error;
  }
}

/**
 * A folder with the broker's own applications, without its plugins. Their installed folder has
 * both, and a starting broker examines them all, which takes a seventh of its start.
 * Undefined if it is elsewhere.
 */
function withoutPlugins(dir: string): string | undefined {
  const installed = join(dirname(realpathSync(requireRabbit().server)), '..', 'plugins');
  if (!existsSync(installed)) return undefined;
  const folder = join(dir, 'applications');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(installed)) {
    const isPlugin = name.startsWith('rabbitmq_') && !name.startsWith('rabbitmq_prelaunch');
    if (!isPlugin && !existsSync(join(folder, name))) symlinkSync(join(installed, name), join(folder, name));
  }
  return folder;
}

function prepareFolder(
  { name, dir, cookie, peers = [], settings = '' }: RabbitNode,
  ports: RabbitPorts,
): Record<string, string> {
  mkdirSync(dir, { recursive: true });
  const plugins = join(dir, 'enabled_plugins');
  const config = join(dir, 'rabbitmq.conf');
  writeFileSync(plugins, '[].\n');
  const applications = withoutPlugins(dir);
  writeFileSync(
    config,
    configuration +
      settings +
      peers
        .map((peer, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${peer}@localhost\n`)
        .join(''),
  );
  writeFileSync(join(dir, '.erlang.cookie'), cookie, { mode: 0o600 });
  return {
    ...bareEnvironment,
    HOME: dir,
    RABBITMQ_NODENAME: `${name}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.clients),
    RABBITMQ_DIST_PORT: String(ports.nodes),
    RABBITMQ_MNESIA_BASE: join(dir, 'data'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    ...(applications && { RABBITMQ_PLUGINS_DIR: applications }),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    // The script then becomes the broker. Otherwise it would start the broker as its child, which
    // survives when this process is killed, because the death signal ends the script alone.
    RUNNING_UNDER_SYSTEMD: 'true',
    // One scheduler, because the machine is shared and a second one mostly wakes the first; no busy
    // waiting.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
    // For the broker and for every Erlang program that it starts. Otherwise, they would start an
    // epmd that outlives them when ours has ended.
    ERL_AFLAGS: `-start_epmd false -eval '${loadTogether}'`,
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
  };
}
