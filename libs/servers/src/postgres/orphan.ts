import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '@parley/runtime';
import { killAll, type StopStep } from '../child-group.ts';
import { commandLine, findProcess, isRunning, processTree, sendSignal } from '../process-table.ts';

/** SIGINT: fast shutdown, with a checkpoint. SIGQUIT: at once, with recovery at the next start. */
export const postgresStopSteps: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
];

/**
 * Ends a PostgreSQL that still runs on this cluster because whoever started it was killed. Only for the holder of the data lock.
 * A pid file that names some other process is removed: PostgreSQL itself would refuse to start because of it.
 * @throws StartError when it cannot tell: removing the file of a server that runs would be the end of the data
 */
export async function stopOrphan(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = readPid(pidFile);
  const orphan = pid === undefined ? undefined : findProcess(pid);
  if (!orphan) return;
  if (!isPostgresOn(orphan.pid, cluster, pidFile)) {
    rmSync(pidFile, { force: true });
    return;
  }
  const tree = processTree(orphan.pid);
  for (const found of tree) sendSignal(found.pid, 'SIGCONT');
  for (const { signal, waitMs } of postgresStopSteps) {
    sendSignal(orphan.pid, signal);
    const deadline = performance.now() + waitMs;
    while (isRunning(orphan) && performance.now() < deadline) await delay(20);
    if (!isRunning(orphan)) break;
  }
  await killAll([...tree, ...processTree(orphan.pid)]);
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isPostgresOn(pid: number, cluster: string, pidFile: string): boolean {
  const command = commandLine(pid);
  if (command.includes(` -D ${cluster} `)) return true;
  const program = basename(command.split(' ')[0] ?? '');
  if (command !== '' && !program.startsWith('postgres')) return false;
  try {
    // Every PostgreSQL process works in its data folder.
    return readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    throw new StartError(
      `${pidFile} names the process ${pid}, which may be a PostgreSQL on this data. Stop it; if it has nothing to do with it, remove that file.`,
    );
  }
}
