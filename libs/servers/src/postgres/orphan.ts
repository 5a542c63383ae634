import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StartError } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import { killAll, type StopStep } from '../child-group.ts';
import { commandLine, findProcess, isRunning, processTree, sendSignal } from '../process-table.ts';

/** SIGINT: fast shutdown, with a checkpoint. SIGQUIT: at once, with recovery at the next start. */
export const postgresStopSteps: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
];

/**
 * Ends a PostgreSQL that still runs on this cluster because its owner was killed. Call it only
 * while holding the data lock. Removes a pid file that names an unrelated process, because
 * PostgreSQL would refuse to start.
 * @throws StartError when it cannot tell: without its pid file, a running server would lose the
 * data
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
    while (isRunning(orphan) && performance.now() < deadline) await pause(20);
    if (!isRunning(orphan)) break;
  }
  await killAll(tree, orphan.pid);
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
    // Every PostgreSQL process has its data folder as working directory.
    return readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    throw new StartError(
      `${pidFile} names the process ${pid}, which may be a PostgreSQL on this data. Stop that process;` +
        ' if it is unrelated, remove the file.',
    );
  }
}
