import { eventually } from '@parley/testkit';
import type { StackTarget } from '../whole-stack/start-targets.ts';

/** Sends a signal to a process that may have gone already. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Kills all current processes of a part of the stack. Answers their ids. */
export async function killPart(target: StackTarget, part: string): Promise<number[]> {
  const { [part]: pids = [] } = await target.pids();
  signal(pids, 'SIGKILL');
  return pids;
}

/** Kills all processes of a server, and waits until others have replaced them. */
export async function replaceServer(
  target: StackTarget,
  part: 'postgres' | 'redis' | 'rabbitmq',
): Promise<void> {
  const pids = await killPart(target, part);
  await eventually(async () => {
    const { [part]: now = [] } = await target.pids();
    if (now.length === 0 || now.some((pid) => pids.includes(pid))) throw new Error(`${part} is not back`);
  });
}

/** The process of a service that serves this address. */
export async function killReplica(
  target: StackTarget,
  service: 'messages' | 'gateway',
  index: number,
): Promise<void> {
  const { [service]: pids = [] } = await target.pids();
  signal(pids.slice(index, index + 1), 'SIGKILL');
}

/** Waits until another process has replaced the killed one. */
export async function untilReplaced(
  target: StackTarget,
  service: 'messages' | 'gateway',
  killed: number | undefined,
): Promise<void> {
  await eventually(async () => {
    const { [service]: pids = [] } = await target.pids();
    if (pids.length < 2 || pids.includes(killed ?? 0)) throw new Error(`the ${service} is not back`);
  });
}
