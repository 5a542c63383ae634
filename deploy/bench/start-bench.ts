import { join } from 'node:path';
import type { Running } from '@parley/runtime';
import { projectFolder } from '../stack/project-folder.ts';
import { parseOptions } from './options.ts';
import { reportOf } from './report/report.ts';
import { complaintsOf } from './report/results.ts';
import { writeReadme, writeResults } from './report/write.ts';
import { runBench } from './run-bench.ts';
import { runScale } from './scale/run-scale.ts';
import { runSearch } from './search/run-search.ts';
import type { TargetName } from './targets/target.ts';

interface Outcome {
  /** Markdown. */
  report: string;
  /** Parley lost, repeated and misordered nothing. The report judges speed. */
  correct: boolean;
}

export interface Bench extends Running {
  /** Rejects when the run could not complete. */
  finished: Promise<Outcome>;
}

const mustBeCorrect: readonly TargetName[] = ['parley', 'embedded', 'parley-1', 'parley-4'];

/** @throws StartError when the arguments are invalid */
export function startBench({ args, say }: { args: readonly string[]; say: (line: string) => void }): Bench {
  const options = parseOptions(args);
  const stopping = new AbortController();
  const run = async (): Promise<Outcome> => {
    const { searchMessages } = options;
    const parts = [
      ...(options.scale ? [await runScale({ say, signal: stopping.signal })] : []),
      ...(searchMessages
        ? [await runSearch({ messages: searchMessages, say, signal: stopping.signal })]
        : []),
    ];
    if (parts.length > 0 && options.targets.length === 0)
      return { report: parts.join('\n\n'), correct: true };
    const results = await runBench({ ...options, say, signal: stopping.signal });
    const folder = join(projectFolder(), 'deploy', 'bench');
    const report = reportOf(results);
    writeResults(join(folder, 'results'), results, report);
    if (options.write) writeReadme(join(folder, 'README.md'), report);
    return {
      report: [...parts, report].join('\n\n'),
      correct: results.runs.every((run) =>
        mustBeCorrect.every((name) => complaintsOf(run[name] ?? {}).length === 0),
      ),
    };
  };
  const finished = run();
  return {
    finished,
    async stop() {
      stopping.abort(new Error('The benchmark was stopped.'));
      await finished.catch(() => undefined);
    },
  };
}
