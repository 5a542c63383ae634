import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from '../../stack/project-folder.ts';
import type { Mark, OrderName, Orders, Report } from './orders.ts';

/** The load generator in its own process. Handles one order at a time. */
export class Generator {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static start(): Generator {
    // The child exits with this process, because its channel closes then.
    return new Generator(
      fork(join(projectFolder(), 'dist', 'bench-load.js'), [], {
        execArgv: ['--enable-source-maps'],
        env: {},
      }),
    );
  }

  /** @throws with the reason of a failure, after which the generator is unusable */
  order<Name extends OrderName>(
    name: Name,
    ask: Orders[Name]['ask'],
    onMark?: (mark: Mark) => void,
  ): Promise<Orders[Name]['answer']> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        child.off('message', listen);
        child.off('exit', ended);
        settle();
      };
      const ended = (code: number | null) =>
        done(() => reject(new Error(`the load generator ended with ${code}`)));
      const listen = (report: Report) => {
        if (report.kind === 'mark') onMark?.(report.mark);
        else if (report.kind === 'failed') done(() => reject(new Error(report.error)));
        else done(() => resolve(report.answer as Orders[Name]['answer']));
      };
      child.on('message', listen);
      child.on('exit', ended);
      child.send({ name, ask });
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
  }
}
