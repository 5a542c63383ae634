import type { StackTarget } from '../whole-stack/start-targets.ts';

/** Kills every process of a part of the stack, as they are now. */
export async function killPart(target: StackTarget, part: string): Promise<void> {
  for (const pid of (await target.pids())[part] ?? []) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // A part of several processes: one may end because another has.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
