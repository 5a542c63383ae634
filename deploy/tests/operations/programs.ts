import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { bareEnvironment } from '@parley/servers';
import type { StackServers } from '../../stack/stack-servers.ts';

const execute = promisify(execFile);

/**
 * A program from the system's PostgreSQL (npm's contains only the server). Undefined if not
 * installed.
 */
export function postgresProgram(name: string): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root)
    ? readdirSync(root).sort((one, other) => Number(other) - Number(one))
    : [];
  return versions.map((version) => `${root}/${version}/bin/${name}`).find(existsSync);
}

/** Returns its output. */
export const run = async (program: string, ...args: string[]): Promise<string> =>
  (await execute(program, args, { env: bareEnvironment })).stdout;

/** Empty if the process has ended: a broker's children live for moments. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

/** Runs `rabbitmqctl` as on the broker's own machine, with the environment of its process. */
export async function rabbitmqctl({ processes }: StackServers, ...args: string[]): Promise<string> {
  const pids = processes.rabbitmq.flatMap((broker) => broker.pids);
  const environments = pids.map((pid) => environmentOf(pid).split('\0'));
  const own =
    environments.find((entries) => entries.some((entry) => entry.startsWith('RABBITMQ_DIST_PORT='))) ?? [];
  const env = Object.fromEntries(
    own.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  const { stdout } = await execute(
    '/usr/lib/rabbitmq/bin/rabbitmqctl',
    ['-q', '-n', env.RABBITMQ_NODENAME ?? '', ...args],
    { env },
  );
  return stdout;
}

/** The number of messages in each queue, from `rabbitmqctl list_queues`. */
export async function queues(servers: StackServers): Promise<Map<string, number>> {
  const lines = (await rabbitmqctl(servers, 'list_queues', '--no-table-headers', 'name', 'messages'))
    .trim()
    .split('\n')
    .filter(Boolean);
  return new Map(lines.map((line) => line.split('\t')).map(([name = '', count]) => [name, Number(count)]));
}
