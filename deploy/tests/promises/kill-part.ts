import type { StackTarget } from '../whole-stack/start-targets.ts';

/** Kills all current processes of a part of the stack. */
export async function killPart(target: StackTarget, part: string): Promise<void> {
  for (const pid of (await target.pids())[part] ?? []) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // In a part with several processes, one may end because another has.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
